import { describe, expect, it } from 'vitest'
import type { FakeTransceiver } from '../testing/browser/fake-peer.ts'
import { FakeBrowser } from '../testing/browser/fake-browser.ts'
import { FakeServer } from '../testing/browser/fake-server.ts'
import { createRoom } from '../create.ts'
import { joinedHarness, type Harness } from '../testing/harness.ts'

const pictures = ({ browser }: Harness): FakeTransceiver[] =>
  browser.peer.transceivers.filter(({ direction, kind }) => direction === 'sendonly' && kind === 'video')

const line = (made: Harness): FakeTransceiver => {
  const found = pictures(made).at(-1)
  if (found === undefined) throw new Error('no picture is sent')
  return found
}

/** A call in which the own camera is on. */
async function onCamera(prepare?: (made: Harness) => void): Promise<Harness> {
  const made = await joinedHarness((before) => {
    before.media.size = { width: 1280, height: 720 }
    prepare?.(before)
  })
  await made.room.local.camera.enable()
  await made.advance(50)
  return made
}

function demand(made: Harness, wanted: Readonly<Record<string, boolean>>, maxHeight?: number): void {
  const track = made.server.tracks.at(-1)?.id
  const encodings = Object.entries(wanted).map(([rid, want]) => ({ ...(rid === '' ? {} : { rid }), wanted: want }))
  made.server.send({ type: 'publisher_demand', track, encodings, ...(maxHeight === undefined ? {} : { max_height: maxHeight }) })
}

const active = (made: Harness) => line(made).sender.encodings.map((encoding) => encoding.active)

describe('sending several sizes', () => {
  it('makes the line with three, and small captures with fewer', async () => {
    const made = await onCamera()
    expect(line(made).sendEncodings.map(({ rid, scaleResolutionDownBy }) => [rid, scaleResolutionDownBy])).toEqual([['q', 4], ['h', 2], ['f', 1]])
    const small = await onCamera(({ media }) => {
      media.size = { width: 640, height: 360 }
    })
    expect(line(small).sendEncodings.map(({ rid }) => rid)).toEqual(['h', 'f'])
  })

  it('sends the full size when the server takes only one', async () => {
    const made = await onCamera(({ browser }) => {
      browser.answers.simulcast = false
    })
    expect(line(made).sender.encodings).toMatchObject([{ rid: 'q', active: true, scaleResolutionDownBy: 1, maxBitrate: 1_500_000 }])
    expect(made.room.local.camera.encodings.get()).toMatchObject([{ rid: 'q', active: true, scale: 1 }])
  })

  it('stops what nobody wants without an offer, and brings it back at once', async () => {
    const made = await onCamera()
    const offers = made.server.of('offer').length
    demand(made, { q: true, h: false, f: false }, 180)
    await made.advance(5)
    expect(active(made)).toEqual([true, false, false])
    expect(made.room.local.camera.encodings.get().map((encoding) => encoding.active)).toEqual([true, false, false])
    demand(made, { q: false, h: false, f: false }, 0)
    await made.advance(5)
    expect(active(made)).toEqual([false, false, false])
    expect(made.media.live('video')).toHaveLength(1)
    demand(made, { q: true, h: true, f: true })
    await made.advance(5)
    expect(active(made)).toEqual([true, true, true])
    expect(made.server.of('offer')).toHaveLength(offers)
  })

  it('obeys the last of many wishes, one change at a time', async () => {
    const made = await onCamera()
    for (const f of [false, true, false, true, false]) demand(made, { q: true, h: true, f })
    await made.advance(20)
    expect(active(made)).toEqual([true, true, false])
  })

  it('tries without the mode that the browser refuses, and again at the next occasion', async () => {
    const made = await onCamera()
    line(made).sender.failures.push(new Error('no such mode'))
    demand(made, { q: true, h: false, f: false })
    await made.advance(5)
    expect(active(made)).toEqual([true, false, false])
    line(made).sender.failures.push(new Error('busy'), new Error('busy'))
    demand(made, { q: true, h: true, f: true })
    await made.advance(5)
    expect(active(made)).toEqual([true, false, false])
    await made.room.local.shareScreen({ audio: false })
    await made.advance(50)
    const [camera] = pictures(made)
    expect(camera?.sender.encodings.map((encoding) => encoding.active)).toEqual([true, true, true])
  })

  it('keeps a demand that overtakes the answer', async () => {
    const made = await joinedHarness()
    made.server.answersOffers = false
    await made.room.local.camera.enable()
    await made.advance(50)
    const offer = made.server.last('offer')
    made.server.send({ type: 'publisher_demand', track: 't_early', encodings: [{ rid: 'f', wanted: false }] })
    made.server.send({ type: 'answer', id: offer.id, sdp: 'answer', tracks: offer.tracks.map(({ mid }) => ({ mid, track: 't_early' })) })
    await made.advance(50)
    expect(active(made)).toEqual([false, false, false])
  })

  it('forgets the demand with the peer connection', async () => {
    const made = await onCamera()
    demand(made, { q: true, h: false, f: false })
    await made.advance(5)
    made.server.send({ type: 'media_lost', closed: true })
    await made.advance(2000)
    expect(made.browser.peers).toHaveLength(2)
    expect(active(made)).toEqual([true, true, true])
  })

  it('keeps its sizes when the camera comes back, and goes on as wanted', async () => {
    const made = await onCamera()
    demand(made, { q: true, h: true, f: false })
    await made.advance(5)
    made.room.local.camera.disable()
    await made.advance(5)
    await made.room.local.camera.enable()
    await made.advance(50)
    expect(pictures(made)).toHaveLength(1)
    expect(active(made)).toEqual([true, true, false])
  })
})

describe('codecs', () => {
  it('takes another line when the server answers with a codec that has its sizes inside', async () => {
    const made = await onCamera(({ browser }) => {
      browser.answers.codec = 'VP9'
    })
    await made.advance(50)
    const [former, present, ...others] = pictures(made)
    expect(others).toEqual([])
    expect(former?.sender.track).toBeNull()
    expect(present?.sendEncodings).toMatchObject([{ scalabilityMode: 'L3T3_KEY' }])
    expect(made.server.last('offer').tracks).toEqual([{ mid: present?.mid, source: 'camera', muted: false }])
    await made.room.local.shareScreen({ audio: false })
    await made.advance(50)
    expect(line(made).sendEncodings).toMatchObject([{ scalabilityMode: 'L1T3' }])
    expect(pictures(made)).toHaveLength(3)
  })

  it('steers a layered stream by the tallest picture that is wanted', async () => {
    const made = await onCamera(({ browser }) => {
      browser.answers.codec = 'AV1'
    })
    await made.advance(50)
    demand(made, { '': true }, 360)
    await made.advance(5)
    expect(line(made).sender.encodings).toMatchObject([{ active: true, scaleResolutionDownBy: 2, scalabilityMode: 'L2T3_KEY' }])
    demand(made, { '': false }, 0)
    await made.advance(5)
    expect(active(made)).toEqual([false])
    demand(made, { '': true }, 720)
    await made.advance(5)
    expect(line(made).sender.encodings).toMatchObject([{ active: true, scaleResolutionDownBy: 1, scalabilityMode: 'L3T3_KEY' }])
  })

  it('offers the wished one first and leaves none out', async () => {
    const browser = new FakeBrowser()
    const server = new FakeServer(browser)
    browser.answers.codec = 'H264'
    const room = createRoom({ browser, publish: { codec: 'h264', layers: 2 } })
    await room.local.camera.enable()
    void room.connect({ roomId: 'room' })
    await browser.clock.advance(100)
    const sent = browser.peer.transceivers.find(({ kind, direction }) => kind === 'video' && direction === 'sendonly')
    expect(sent?.codecs?.map(({ mimeType }) => mimeType)).toEqual(['video/H264', 'video/VP8', 'video/VP9', 'video/AV1', 'video/rtx'])
    expect(sent?.sendEncodings.map(({ rid }) => rid)).toEqual(['h', 'f'])
    expect(server.of('offer')).toHaveLength(1)
  })

  it('begins with what the others send', async () => {
    const made = await onCamera(({ server, browser }) => {
      browser.answers.codec = 'VP9'
      server.peers = [{ id: 'p_bob', state: 'connected', hand: false }]
      server.tracks = [
        { id: 't_1', participant: 'p_bob', source: 'camera', kind: 'video', codec: 'vp9', muted: false, encrypted: false },
      ]
    })
    expect(pictures(made)).toHaveLength(1)
  })
})

describe('a shared screen', () => {
  it('stays sharp: never scaled down, frames go first', async () => {
    const made = await joinedHarness()
    await made.room.local.shareScreen({ audio: false })
    await made.advance(50)
    expect(line(made).sendEncodings).toMatchObject([{ rid: 'h', maxFramerate: 5 }, { rid: 'f', scaleResolutionDownBy: 1, maxFramerate: 15 }])
    demand(made, { h: false, f: true }, 200)
    await made.advance(5)
    expect(line(made).sender.encodings).toMatchObject([{ active: false }, { active: true, scaleResolutionDownBy: 1 }])
    expect(line(made).sender.degradationPreference).toBe('maintain-resolution')
  })

  it('moves smoothly when that was chosen', async () => {
    const made = await joinedHarness()
    await made.room.local.shareScreen({ audio: false, content: 'motion' })
    await made.advance(50)
    expect(line(made).sendEncodings).toMatchObject([{}, { maxFramerate: 30 }])
  })
})

describe('what the server hears and measures', () => {
  it('shows who talks, also who is not heard here, in the server’s order', async () => {
    const { room, server, advance } = await joinedHarness((before) => {
      before.server.peers = ['p_bob', 'p_eve'].map((id) => ({ id, state: 'connected', hand: false }))
      before.server.tracks = ['bob', 'eve'].map((name) => ({
        id: `t_${name}`, participant: `p_${name}`, source: 'microphone', kind: 'audio', codec: 'opus', muted: false, encrypted: false,
      }))
    })
    const [bob, eve] = room.participants.get()
    server.send({ type: 'active_speakers', speakers: [{ participant: 'p_eve', level: -20 }, { participant: 'p_bob', level: -30 }] })
    expect(room.activeSpeakers.get()).toEqual([eve, bob])
    expect(eve?.speaking.get()).toBe(true)
    expect(eve?.level()).toBeCloseTo(0.67, 1)
    server.send({ type: 'active_speakers', speakers: [{ participant: 'p_bob', level: -30 }, { participant: 'p_eve', level: -40 }] })
    expect(room.activeSpeakers.get()).toEqual([bob, eve])
    server.send({ type: 'active_speakers', speakers: [] })
    expect(room.activeSpeakers.get()).toEqual([])
    await advance(1000)
    expect(bob?.speaking.get()).toBe(false)
  })

  it('shows how good each connection is, and figures of the own', async () => {
    const { room, server } = await joinedHarness((before) => {
      before.server.peers = [{ id: 'p_bob', state: 'connected', hand: false }]
    })
    server.send({ type: 'quality', participant: 'p_bob', score: 2, causes: ['uplink_loss', 'sunspots'] })
    expect(room.participants.get()[0]?.quality.get()).toEqual({ score: 2, causes: ['uplink-loss', 'unknown'] })
    const self = { uplink: { loss: 0.1, rtt_ms: 40, bitrate: 900_000 }, downlink: { bitrate: 100_000, available: 250_000 } }
    server.send({ type: 'quality', participant: 'p_self', score: 3, causes: ['downlink_bandwidth'], self })
    expect(room.local.quality.get()?.score).toBe(3)
    expect(room.connectionQuality.get()).toEqual({
      score: 3,
      causes: ['downlink-bandwidth'],
      uplink: { loss: 0.1, roundTrip: 40, kilobitsPerSecond: 900, available: null },
      downlink: { loss: null, roundTrip: null, kilobitsPerSecond: 100, available: 250 },
    })
    await room.leave()
    expect(room.connectionQuality.get()).toBeNull()
  })

  it('says why a picture is as it is', async () => {
    const { room, server, browser } = await joinedHarness((before) => {
      before.server.peers = [{ id: 'p_bob', state: 'connected', hand: false }]
      before.server.tracks = [
        { id: 't_1', participant: 'p_bob', source: 'camera', kind: 'video', codec: 'vp8', muted: false, encrypted: false },
      ]
    })
    const publication = room.participants.get()[0]?.publication('camera')
    const [first, second] = browser.peer.slots('video')
    const layer = { encoding: 0, spatial: 0, temporal: 2, width: 320, height: 180 }
    server.slots([{ mid: first?.mid ?? '', track: 't_1', participant: 'p_bob', layer, cause: 'higher_priority', cause_track: 't_9' }])
    expect(publication?.delivery.get()).toEqual({ assigned: true, cause: 'higher-priority', causeTrack: 't_9', layer })
    expect(publication?.mediaTrack.get()).toBe(first?.remote)
    server.slots([{ mid: first?.mid ?? '', track: 't_1', participant: 'p_bob', cause: 'paused' }])
    expect(publication?.mediaTrack.get()).toBe(first?.remote)
    server.slots([{ mid: first?.mid ?? '', cause: 'empty' }, { mid: second?.mid ?? '', track: 't_1', participant: 'p_bob', cause: 'paused' }])
    // Whoever had that line before may still stand in it.
    expect(publication?.mediaTrack.get()).toBeNull()
  })
})

describe('ICE servers', () => {
  it('are used from the start, and refreshed before ICE restarts', async () => {
    const turn = (password: string) => [{ urls: ['turn:turn.example.test:3478'], username: '1700', credential: password }]
    const { browser, server, advance } = await joinedHarness((before) => {
      before.server.iceServers = turn('first')
    })
    expect(browser.configurations[0]).toEqual({ bundlePolicy: 'max-bundle', iceServers: turn('first') })
    server.iceServers = turn('second')
    server.socket.break()
    await advance(3000)
    expect(browser.peers).toHaveLength(1)
    expect(browser.peer.configurations).toEqual([{ bundlePolicy: 'max-bundle', iceServers: turn('second') }])
    browser.peer.inboundPerLook = 0
    browser.peer.setState('disconnected')
    await advance(2600)
    expect(browser.peer.generation).toBe(1)
  })
})
