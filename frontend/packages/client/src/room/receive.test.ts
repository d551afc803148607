import { describe, expect, it } from 'vitest'
import { peerInfo, trackInfo } from '../testing/browser/fake-server.ts'
import { joinedHarness, type Harness } from '../testing/harness.ts'

/** Bob and Eve, each with microphone and camera. */
function call(): Promise<Harness> {
  return joinedHarness(({ server }) => {
    server.peers = [peerInfo('p_bob', 'Bob'), peerInfo('p_eve', 'Eve')]
    server.tracks = ['bob', 'eve'].flatMap((name) => [
      trackInfo(`t_${name}_mic`, `p_${name}`, 'microphone'),
      trackInfo(`t_${name}_cam`, `p_${name}`, 'camera'),
    ])
  })
}

function camera({ room }: Harness, id: string) {
  const publication = room.participants.get().find((one) => one.id === id)?.publication('camera')
  if (publication === undefined) throw new Error('no camera')
  return publication
}

describe('slots', () => {
  it('puts each track on its own publication', async () => {
    const made = await call()
    const { server, browser } = made
    const [first, second] = browser.peer.slots('video')
    server.slots([
      { mid: first?.mid ?? '', track: 't_eve_cam', participant: 'p_eve', cause: 'full' },
      { mid: second?.mid ?? '', track: 't_bob_cam', participant: 'p_bob', cause: 'full' },
    ])
    expect(camera(made, 'p_eve').mediaTrack.get()).toBe(first?.remote)
    expect(camera(made, 'p_bob').mediaTrack.get()).toBe(second?.remote)
  })

  it('never shows a face under another name when a line changes its owner', async () => {
    const made = await call()
    const { server, browser } = made
    const [slot] = browser.peer.slots('video')
    const mid = slot?.mid ?? ''
    server.slots([{ mid, track: 't_bob_cam', participant: 'p_bob', cause: 'full' }])
    server.slots([{ mid, track: 't_eve_cam', participant: 'p_eve', cause: 'waiting_for_keyframe' }])
    expect(camera(made, 'p_bob').mediaTrack.get()).toBeNull()
    expect(camera(made, 'p_bob').delivery.get()).toMatchObject({ assigned: false, cause: 'empty' })
    expect(camera(made, 'p_eve').mediaTrack.get()).toBeNull()
    expect(camera(made, 'p_eve').delivery.get()).toMatchObject({ assigned: true, cause: 'waiting-for-keyframe' })
    server.slots([{ mid, track: 't_eve_cam', participant: 'p_eve', cause: 'full' }])
    expect(camera(made, 'p_eve').mediaTrack.get()).toBe(slot?.remote)
  })

  it('shows a waiting line in the end', async () => {
    const made = await call()
    const { server, browser, advance } = made
    const [slot] = browser.peer.slots('video')
    server.slots([{ mid: slot?.mid ?? '', track: 't_bob_cam', participant: 'p_bob', cause: 'waiting_for_keyframe' }])
    await advance(2100)
    expect(camera(made, 'p_bob').mediaTrack.get()).toBe(slot?.remote)
  })

  it('connects a track whose publication is told after its line', async () => {
    const made = await call()
    const { server, browser, room } = made
    const [slot] = browser.peer.slots('video')
    server.slots([{ mid: slot?.mid ?? '', track: 't_bob_screen', participant: 'p_bob', cause: 'full' }])
    server.publish(trackInfo('t_bob_screen', 'p_bob', 'screen'))
    expect(room.participants.get()[0]?.publication('screen')?.mediaTrack.get()).toBe(slot?.remote)
  })

  it('connects a track whose line is answered after it was assigned', async () => {
    const made = await call()
    const { server, browser, advance } = made
    server.answersOffers = false
    server.send({ type: 'request_renegotiation', needed_slots: { audio: 0, video: 2 } })
    await advance(20)
    const slot = browser.peer.slots('video').at(-1)
    server.slots([{ mid: slot?.mid ?? '', track: 't_bob_cam', participant: 'p_bob', cause: 'full' }])
    server.answer(server.last('offer'))
    await advance(20)
    expect(camera(made, 'p_bob').mediaTrack.get()).toBe(slot?.remote)
  })

  it('follows mute, unpublish and leave', async () => {
    const made = await call()
    const { server, room, log } = made
    log.length = 0
    const bob = room.participants.get()[0]
    const publication = camera(made, 'p_bob')
    server.event({ type: 'track_updated', track: trackInfo('t_bob_cam', 'p_bob', 'camera', true) })
    expect(publication.muted.get()).toBe(true)
    expect(bob?.publication('camera')).toBe(publication)
    server.event({ type: 'track_unpublished', track: 't_bob_cam', participant: 'p_bob' })
    expect(bob?.publication('camera')).toBeUndefined()
    server.event({ type: 'participant_left', participant: 'p_bob', reason: 'connection_lost' })
    expect(room.participants.get().map(({ id }) => id)).toEqual(['p_eve'])
    expect(log).toEqual(['publication-removed t_bob_cam', 'participant-left p_bob connection-lost'])
  })

  it('shows who is being awaited', async () => {
    const { server, room } = await call()
    server.event({ type: 'participant_updated', participant: { ...peerInfo('p_bob', 'Robert'), state: 'reconnecting' } })
    const bob = room.participants.get()[0]
    expect(bob?.presence.get()).toBe('reconnecting')
    expect(bob?.name.get()).toBe('Robert')
  })
})

describe('sound', () => {
  it('plays every audio line, and nothing else', async () => {
    const { browser } = await call()
    expect(browser.outputs.map(({ track }) => track)).toEqual(browser.peer.slots('audio').map(({ remote }) => remote))
    expect(browser.outputs.every(({ playing }) => playing)).toBe(true)
  })

  it('tells that the browser wants a gesture, and starts with one', async () => {
    const { room, browser } = await joinedHarness((made) => {
      made.browser.autoplayBlocked = true
    })
    expect(room.audioPlayback.get()).toBe('blocked')
    browser.autoplayBlocked = false
    await room.startAudio()
    expect(room.audioPlayback.get()).toBe('ok')
    expect(browser.outputs.every(({ playing }) => playing)).toBe(true)
  })

  it('stays blocked when the gesture was none', async () => {
    const { room } = await joinedHarness((made) => {
      made.browser.autoplayBlocked = true
    })
    await room.startAudio()
    expect(room.audioPlayback.get()).toBe('blocked')
  })

  it('goes to the chosen speaker', async () => {
    const { room, browser } = await call()
    await room.devices.refresh()
    await room.devices.speaker.select('audiooutput-2')
    expect(browser.outputs.every(({ sink }) => sink === 'audiooutput-2')).toBe(true)
  })

  it('knows who talks, and that a silent line is silent', async () => {
    const { room, server, browser, advance } = await call()
    const [slot] = browser.peer.slots('audio')
    server.slots([{ mid: slot?.mid ?? '', track: 't_bob_mic', participant: 'p_bob', cause: 'full' }])
    const bob = room.participants.get()[0]
    const talk = async (milliseconds: number, audioLevel: number) => {
      for (let passed = 0; passed < milliseconds; passed += 50) {
        if (slot !== undefined) slot.sources = [{ timestamp: browser.clock.now(), audioLevel }]
        await advance(50)
      }
    }
    await talk(600, 0.2)
    expect(bob?.speaking.get()).toBe(true)
    expect(bob?.level()).toBeGreaterThan(0.5)
    expect(room.activeSpeakers.get()).toEqual([bob])
    await talk(300, 0)
    expect(bob?.speaking.get()).toBe(true)
    await talk(800, 0)
    expect(bob?.speaking.get()).toBe(false)
    await talk(600, 0.2)
    // The last packet was loud, and no other came.
    await advance(2000)
    expect(bob?.speaking.get()).toBe(false)
    expect(bob?.level()).toBe(0)
  })

  it('knows when oneself talks', async () => {
    const { room, browser, advance } = await call()
    await room.local.microphone.enable()
    browser.rms = 0.2
    await advance(600)
    expect(room.local.speaking.get()).toBe(true)
    expect(room.activeSpeakers.get()).toEqual([room.local])
    let changes = 0
    room.activeSpeakers.subscribe(() => (changes += 1))
    await advance(3000)
    expect(changes).toBe(0)
  })
})

describe('statistics', () => {
  it.each([3000, 3010, 3400])('summarise the connection without names, after %i ms', async (milliseconds) => {
    const { room, server, browser, advance } = await call()
    const [slot] = browser.peer.slots('video')
    server.slots([{ mid: slot?.mid ?? '', track: 't_bob_cam', participant: 'p_bob', cause: 'full' }])
    await advance(milliseconds)
    const stats = await room.stats()
    expect(stats.mediaRoundTrip).toBe(20)
    expect(stats.signalRoundTrip).not.toBeNull()
    const line = stats.lines.find(({ source }) => source === 'camera')
    expect(line).toMatchObject({ direction: 'receive', kind: 'video', participantId: 'p_bob', codec: 'vp8', cause: 'full' })
    expect(line?.kilobitsPerSecond).toBeGreaterThan(2)
    expect(JSON.stringify(stats)).not.toContain('Bob')
  })
})

describe('looking', () => {
  const video = (): HTMLVideoElement =>
    ({ tagName: 'VIDEO', setAttribute: () => undefined, srcObject: null }) as unknown as HTMLVideoElement

  it('asks for pictures as large as they are shown, and for no others', async () => {
    const made = await call()
    const { server, browser, advance } = made
    const [bob, eve] = [video(), video()]
    const stop = camera(made, 'p_bob').attach(bob)
    camera(made, 'p_eve').attach(eve)
    browser.show(bob, 640, 200)
    browser.show(eve, 100, 180, false)
    await advance(50)
    expect(server.of('view')).toHaveLength(1)
    // A wide place is filled by the middle of the picture.
    expect(server.last('view').slots).toMatchObject([{ track: 't_bob_cam', max_height: 360 }])
    browser.show(eve, 100, 180)
    await advance(300)
    expect(server.last('view').slots).toMatchObject([{ track: 't_bob_cam' }, { track: 't_eve_cam', max_height: 180 }])
    stop()
    await advance(1500)
    expect(server.last('view').slots).toMatchObject([{ track: 't_bob_cam', max_height: 0 }, { track: 't_eve_cam' }])
    browser.setVisible(false)
    await advance(6000)
    expect(server.last('view').slots).toMatchObject([{ max_height: 0 }, { max_height: 0 }])
  })

  it('says it anew on a new peer connection and after a resume, and waits when told to', async () => {
    const made = await call()
    const { server, advance } = made
    camera(made, 'p_bob').setWish({ maxHeight: 180, pinned: true })
    await advance(300)
    expect(server.of('view')).toHaveLength(1)
    server.send({ type: 'error', id: server.last('view').id, code: 'rate_limited', message: '', retryable: true })
    await advance(500)
    expect(server.of('view')).toHaveLength(1)
    await advance(1000)
    expect(server.of('view')).toHaveLength(2)
    server.socket.break()
    await advance(3000)
    expect(server.of('view')).toHaveLength(3)
    server.send({ type: 'media_lost', closed: true })
    await advance(3000)
    expect(server.of('view')).toHaveLength(4)
    expect(server.last('view').slots).toMatchObject([{ track: 't_bob_cam', max_height: 180, pinned: true }])
  })
})
