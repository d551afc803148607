import { describe, expect, it } from 'vitest'
import { mediaError } from '../testing/browser/fake-media.ts'
import { joinedHarness, harness, type Harness } from '../testing/harness.ts'

const senders = ({ browser }: Harness, kind?: string) =>
  browser.peer.transceivers.filter((one) => one.direction === 'sendonly' && (kind === undefined || one.kind === kind))

const outcome = (promise: Promise<unknown>) =>
  promise.then(
    () => 'ok',
    (error: unknown) => (error as { code?: string }).code,
  )

describe('publishing', () => {
  it('adds a line and offers it on first use', async () => {
    const made = await joinedHarness()
    const { room, server, media, advance } = made
    await room.local.camera.enable()
    await advance(50)
    const [line] = senders(made)
    expect(server.last('offer').tracks).toEqual([{ mid: line?.mid, source: 'camera', muted: false }])
    expect(line?.sender.track).toBe(media.live('video')[0])
    expect(room.local.camera.state.get()).toBe('on')
    expect(room.local.camera.muted.get()).toBe(false)
    expect(room.local.publications.get()).toEqual([room.local.camera])
  })

  it('sends in the first offer what was switched on before', async () => {
    const { room, server, advance } = harness()
    await room.local.microphone.enable()
    await room.local.camera.enable()
    void room.connect({ roomId: 'room' })
    await advance(100)
    expect(server.of('offer')).toHaveLength(1)
    expect(server.last('offer').tracks.map(({ source }) => source)).toEqual(['microphone', 'camera'])
  })

  it('switches the camera off for real and back on without an offer', async () => {
    const made = await joinedHarness()
    const { room, server, media, advance } = made
    await room.local.camera.enable()
    await advance(50)
    const offers = server.of('offer').length
    room.local.camera.disable()
    await advance(50)
    expect(media.live()).toEqual([])
    expect(server.of('mute_video')).toHaveLength(1)
    expect(senders(made)[0]?.sender.track).toBeNull()
    expect(room.local.camera.mediaTrack.get()).toBeNull()
    expect(room.local.publications.get()).toEqual([room.local.camera])
    await room.local.camera.enable()
    await advance(50)
    expect(server.of('unmute_video')).toHaveLength(1)
    expect(senders(made)[0]?.sender.track).toBe(media.live('video')[0])
    expect(server.of('offer')).toHaveLength(offers)
  })

  it('mutes the microphone at once but keeps listening for talk while muted', async () => {
    const made = await joinedHarness()
    const { room, server, media, browser, advance } = made
    await room.local.microphone.enable()
    await advance(50)
    browser.rms = 0.2
    room.local.microphone.disable()
    await advance(1000)
    expect(server.of('mute_audio')).toHaveLength(1)
    expect(senders(made)[0]?.sender.track).toBeNull()
    expect(media.live('audio')).toHaveLength(1)
    expect(room.local.level()).toBeGreaterThan(0.5)
    expect(room.local.speaking.get()).toBe(false)
    expect(room.activeSpeakers.get()).toEqual([])
  })

  it('follows the last wish when somebody clicks faster than the camera starts', async () => {
    const made = await joinedHarness()
    const { room, media, advance } = made
    let open: () => void = () => undefined
    media.gate = new Promise((resolve) => {
      open = resolve
    })
    const first = outcome(room.local.camera.enable())
    room.local.camera.disable()
    void room.local.camera.enable()
    room.local.camera.disable()
    open()
    expect(await first).toBe('ok')
    await advance(50)
    expect(media.live()).toEqual([])
    expect(room.local.camera.state.get()).toBe('off')
    expect(senders(made)).toEqual([])
  })

  it('says why a device cannot be had and changes nothing else', async () => {
    const { room, media, server, advance } = await joinedHarness()
    media.failures.push(mediaError('NotAllowedError', 'Permission denied'))
    const offers = server.of('offer').length
    expect(await outcome(room.local.camera.enable())).toBe('device/denied')
    await advance(50)
    expect(room.local.camera.state.get()).toBe('failed')
    expect(room.local.camera.error.get()?.code).toBe('device/denied')
    expect(room.local.camera.wanted.get()).toBe(false)
    expect(room.local.publications.get()).toEqual([])
    expect(server.of('offer')).toHaveLength(offers)
    await room.local.camera.enable()
    expect(room.local.camera.error.get()).toBeNull()
    expect(room.local.camera.state.get()).toBe('on')
  })

  it('does not ask for a device that it may not publish', async () => {
    const { room, media } = await joinedHarness(({ server }) => {
      server.publishCamera = false
    })
    expect(await outcome(room.local.camera.enable())).toBe('policy/not-permitted')
    expect(media.asked).toEqual([])
  })

  it('is muted for the others while the device is gone, and back with it', async () => {
    const { room, media, server, advance } = await joinedHarness()
    await room.local.microphone.enable()
    await advance(50)
    media.devices = media.devices.filter(({ kind }) => kind !== 'audioinput')
    media.live('audio')[0]?.end()
    await advance(100)
    expect(room.local.microphone.muted.get()).toBe(true)
    expect(room.local.microphone.wanted.get()).toBe(true)
    expect(server.of('mute_audio')).toHaveLength(1)
    media.plug({ kind: 'audioinput', deviceId: 'audioinput-1', label: 'back', groupId: 'g' })
    await advance(1000)
    expect(room.local.microphone.muted.get()).toBe(false)
    expect(server.of('unmute_audio')).toHaveLength(1)
  })

  it('says the mute again when the server had no room for it', async () => {
    const { room, server, advance } = await joinedHarness()
    await room.local.microphone.enable()
    await advance(50)
    room.local.microphone.disable()
    const { id } = server.last('mute_audio')
    server.send({ type: 'error', id, code: 'rate_limited', message: '', retryable: true })
    await advance(1100)
    expect(server.of('mute_audio')).toHaveLength(2)
  })

  it('does not take a new offer for a told mute', async () => {
    const { room, server, advance } = await joinedHarness()
    await room.local.microphone.enable()
    await advance(50)
    room.local.microphone.disable()
    server.send({ type: 'error', id: server.last('mute_audio').id, code: 'rate_limited', message: '', retryable: true })
    await room.local.camera.enable()
    await advance(1100)
    expect(server.of('mute_audio')).toHaveLength(2)
  })
})

describe('sharing a screen', () => {
  it('publishes picture and sound, and takes both out of the call at the end', async () => {
    const made = await joinedHarness()
    const { room, server, media, advance } = made
    await room.local.shareScreen()
    await advance(50)
    expect(server.last('offer').tracks.map(({ source }) => source)).toEqual(['screen', 'screen_audio'])
    expect(media.live('video')[0]?.contentHint).toBe('detail')
    const shared = server.tracks.map(({ id }) => id)
    room.local.stopScreenShare()
    await advance(50)
    expect(server.of('unpublish').map(({ track }) => track)).toEqual(shared)
    expect(media.live()).toEqual([])
    expect(room.local.publications.get()).toEqual([])
  })

  it('uses the same lines for the next share', async () => {
    const made = await joinedHarness()
    const { room, server, advance } = made
    await room.local.shareScreen()
    await advance(50)
    room.local.stopScreenShare()
    await advance(50)
    await room.local.shareScreen()
    await advance(50)
    expect(senders(made)).toHaveLength(2)
    expect(server.last('offer').tracks.map(({ source }) => source)).toEqual(['screen', 'screen_audio'])
    expect(senders(made, 'video')[0]?.sender.track).not.toBeNull()
  })

  it('ends when the user ends it in the browser', async () => {
    const { room, server, media, advance } = await joinedHarness()
    let ended = 0
    room.on('screen-share-ended', () => (ended += 1))
    await room.local.shareScreen({ audio: false })
    await advance(50)
    media.live('video')[0]?.end()
    await advance(50)
    expect(ended).toBe(1)
    expect(server.of('unpublish')).toHaveLength(1)
    expect(room.local.screen.wanted.get()).toBe(false)
  })

  it('does not end with the track of an earlier share', async () => {
    const { room, media } = await joinedHarness()
    await room.local.shareScreen({ audio: false })
    const [former] = media.live('video')
    await room.local.shareScreen({ audio: false })
    former?.end()
    expect(room.local.screen.wanted.get()).toBe(true)
    expect(media.live('video')).toHaveLength(1)
  })

  it('treats a closed picker as a change of mind', async () => {
    const { room, media } = await joinedHarness()
    media.failures.push(mediaError('NotAllowedError', 'Permission denied'))
    expect(await outcome(room.local.shareScreen())).toBe('device/dismissed')
    expect(room.local.screen.state.get()).toBe('off')
  })

  it('withdraws a share that ended before its offer was answered', async () => {
    const { room, server, advance } = await joinedHarness()
    server.answersOffers = false
    await room.local.shareScreen({ audio: false })
    await advance(50)
    room.local.stopScreenShare()
    server.answer(server.last('offer'))
    await advance(50)
    expect(server.of('unpublish')).toHaveLength(1)
  })
})

describe('negotiating', () => {
  it('makes one offer at a time and puts what changes meanwhile into the next', async () => {
    const { room, server, advance } = await joinedHarness()
    server.answersOffers = false
    const before = server.of('offer').length
    await room.local.microphone.enable()
    await room.local.camera.enable()
    await advance(50)
    await room.local.shareScreen({ audio: false })
    await advance(50)
    expect(server.of('offer')).toHaveLength(before + 1)
    server.answersOffers = true
    server.answer(server.last('offer'))
    await advance(50)
    expect(server.of('offer')).toHaveLength(before + 2)
    expect(server.last('offer').tracks.map(({ source }) => source)).toEqual(['microphone', 'camera', 'screen'])
  })

  it('drops answers that belong to no pending offer', async () => {
    const { room, server, browser, advance } = await joinedHarness()
    server.answersOffers = false
    await room.local.camera.enable()
    await advance(50)
    const offer = server.last('offer')
    server.send({ type: 'answer', id: 'old', sdp: 'broken', tracks: [] })
    server.send({ type: 'answer', sdp: 'broken', tracks: [] })
    await advance(50)
    expect(browser.peer.signalingState).toBe('have-local-offer')
    server.answer(offer)
    server.answer(offer)
    await advance(50)
    expect(browser.peer.signalingState).toBe('stable')
    expect(browser.peers).toHaveLength(1)
  })

  it('takes a refused offer back and tries again when the server is busy', async () => {
    const { room, server, browser, advance } = await joinedHarness()
    server.answersOffers = false
    await room.local.camera.enable()
    await advance(50)
    const before = server.of('offer').length
    server.send({ type: 'error', id: server.last('offer').id, code: 'overloaded', message: '', retryable: true })
    await advance(50)
    expect(browser.peer.signalingState).toBe('stable')
    server.answersOffers = true
    await advance(1500)
    expect(server.of('offer')).toHaveLength(before + 1)
    expect(room.local.camera.state.get()).toBe('on')
  })

  it('gives up a track that the server refuses, and keeps the call', async () => {
    const { room, server, media, advance } = await joinedHarness()
    server.answersOffers = false
    const failed: string[] = []
    room.on('publish-failed', ({ source, error }) => failed.push(`${source} ${error.code}`))
    await room.local.camera.enable()
    await advance(50)
    server.send({ type: 'error', id: server.last('offer').id, code: 'not_permitted', message: '', retryable: false })
    await advance(50)
    expect(failed).toEqual(['camera policy/not-permitted'])
    expect(room.local.camera.state.get()).toBe('failed')
    expect(media.live()).toEqual([])
    expect(room.connection.get()).toMatchObject({ state: 'live', media: 'up' })
  })

  it('gives up a track that the answer leaves out', async () => {
    const { room, server, advance } = await joinedHarness()
    server.answersOffers = false
    await room.local.camera.enable()
    await advance(50)
    server.send({ type: 'answer', id: server.last('offer').id, sdp: 'answer', tracks: [] })
    await advance(50)
    expect(room.local.camera.error.get()?.code).toBe('publish/refused')
  })

  it('begins anew when an offer is never answered or the answer cannot be applied', async () => {
    const silent = await joinedHarness()
    silent.server.answersOffers = false
    await silent.room.local.camera.enable()
    await silent.advance(10_100)
    expect(silent.browser.peers).toHaveLength(2)
    const broken = await joinedHarness()
    broken.server.answersOffers = false
    await broken.room.local.camera.enable()
    await broken.advance(50)
    broken.server.send({ type: 'answer', id: broken.server.last('offer').id, sdp: 'broken', tracks: [] })
    await broken.advance(50)
    expect(broken.browser.peers).toHaveLength(2)
  })

  it('tells the mute state that changed while the offer was under way', async () => {
    const { room, server, advance } = await joinedHarness()
    server.answersOffers = false
    await room.local.microphone.enable()
    await advance(50)
    room.local.microphone.disable()
    expect(server.of('mute_audio')).toHaveLength(0)
    server.answer(server.last('offer'))
    await advance(50)
    expect(server.of('mute_audio')).toHaveLength(1)
  })

  it('adds slots when the server asks, and not twice', async () => {
    const { server, browser, advance } = await joinedHarness()
    server.send({ type: 'request_renegotiation', needed_slots: { audio: 0, video: 3 } })
    server.send({ type: 'request_renegotiation', needed_slots: { audio: 0, video: 3 } })
    await advance(50)
    expect(browser.peer.slots('video')).toHaveLength(9)
    expect(browser.peer.slots('audio')).toHaveLength(4)
    expect(server.of('offer')).toHaveLength(2)
  })

  it('adds slots by itself when the room outgrows them, in steps', async () => {
    const { server, browser, advance } = await joinedHarness()
    for (let n = 1; n <= 8; n += 1) {
      server.join(`p_${n}`)
      server.event({
        type: 'track_published',
        track: { id: `t_${n}`, participant: `p_${n}`, source: 'camera', kind: 'video', codec: 'vp8', muted: false, encrypted: false },
      })
      await advance(20)
    }
    expect(browser.peer.slots('video').length).toBeGreaterThanOrEqual(8)
    expect(server.of('offer').length).toBeLessThanOrEqual(3)
  })

  it('passes candidates on', async () => {
    const { server, browser, advance } = await joinedHarness()
    browser.peer.gatherCandidate('candidate:1 1 udp 1 192.0.2.1 9 typ host')
    await advance(10)
    expect(server.last('ice_candidate')).toMatchObject({ sdp_mid: '0', sdp_mline_index: 0 })
  })
})
