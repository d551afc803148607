import { describe, expect, it } from 'vitest'
import { FakeTrack } from '../testing/browser/fake-media.ts'
import { peerInfo, trackInfo } from '../testing/browser/fake-server.ts'
import { joinedHarness, type Harness } from '../testing/harness.ts'

/** In a room with Bob, both sending, everything flowing. */
async function call(): Promise<Harness> {
  const made = await joinedHarness(({ server }) => {
    server.peers = [peerInfo('p_bob', 'Bob')]
    server.tracks = [trackInfo('t_bob', 'p_bob', 'microphone')]
  })
  await made.room.local.microphone.enable()
  await made.room.local.camera.enable()
  await made.advance(100)
  made.server.slots([{ mid: '0', track: 't_bob', participant: 'p_bob', cause: 'full' }])
  return made
}

describe('recovering signaling', () => {
  it('resumes on the same peer connection, without a new offer, and learns what it missed', async () => {
    const { room, server, browser, log, advance } = await call()
    const bob = room.participants.get()[0]
    const offers = server.of('offer').length
    log.length = 0
    browser.socket.break()
    expect(room.connection.get()).toMatchObject({ state: 'recovering', reason: 'socket-closed', signal: 'down', media: 'up' })
    server.peers.push(peerInfo('p_eve'))
    server.miss({ type: 'participant_joined', participant: peerInfo('p_eve') })
    await advance(100)
    const { resume } = server.last('join')
    expect(resume).toEqual({ token: 'token-1', seq: 10 })
    expect(room.connection.get()).toMatchObject({ state: 'live', signal: 'up', media: 'up', attempt: 0, reason: null })
    expect(browser.peers).toHaveLength(1)
    expect(server.of('offer')).toHaveLength(offers)
    expect(log).toEqual(['participant-joined p_eve'])
    expect(room.participants.get()[0]).toBe(bob)
  })

  it('continues from the last event when it breaks again', async () => {
    const { server, browser, advance } = await call()
    browser.socket.break()
    await advance(50)
    server.event({ type: 'reaction', from: 'p_bob', reaction: '👍', at: 1 })
    browser.socket.break()
    await advance(1000)
    expect(server.last('join').resume).toEqual({ token: 'token-2', seq: 11 })
  })

  it('notices a socket that is open but silent', async () => {
    const { room, server, browser, advance } = await call()
    server.mute = true
    await advance(5500)
    expect(room.connection.get().state).toBe('live')
    await advance(1500)
    expect(room.connection.get()).toMatchObject({ state: 'recovering', reason: 'socket-silent', media: 'up' })
    expect(browser.sockets[0]?.state).toBe('closed')
    server.mute = false
    await advance(20_000)
    expect(room.connection.get().state).toBe('live')
  })

  it('keeps trying while the server is away and tells when', async () => {
    const { room, server, browser, advance } = await call()
    server.admission = 'unreachable'
    browser.socket.break()
    await advance(60_000)
    const { state, retryAt, attempt } = room.connection.get()
    expect(['waiting', 'recovering']).toContain(state)
    expect(attempt).toBeGreaterThan(5)
    if (retryAt !== null) expect(retryAt).toBeGreaterThan(browser.wallTime())
    server.admission = 'admit'
    browser.setOnline(true)
    await advance(100)
    expect(room.connection.get().state).toBe('live')
  })

  it('replaces what it knew when the server has forgotten what was missed', async () => {
    const { room, server, browser, log, advance } = await call()
    log.length = 0
    browser.socket.break()
    server.missed = null
    server.peers = [peerInfo('p_eve', 'Eve')]
    server.tracks = server.tracks.filter(({ participant }) => participant !== 'p_bob')
    server.seq = 50
    await advance(100)
    expect(room.participants.get().map(({ id }) => id)).toEqual(['p_eve'])
    expect(log).toEqual(['participant-left p_bob unknown', 'participant-joined p_eve'])
    server.event({ type: 'participant_joined', participant: peerInfo('p_dan') })
    expect(log.at(-1)).toBe('participant-joined p_dan')
  })

  it('joins anew with the same room, tracks and mute state when it cannot resume', async () => {
    const { room, server, browser, media, advance } = await call()
    room.local.microphone.disable()
    await advance(100)
    const camera = media.live('video')[0]
    const asked = media.asked.length
    server.remembers = false
    server.participant = 'p_self2'
    server.tracks = server.tracks.filter(({ participant }) => participant === 'p_bob')
    browser.socket.break()
    await advance(200)
    expect(room.connection.get()).toMatchObject({ state: 'live', media: 'up' })
    expect(browser.peers).toHaveLength(2)
    expect(browser.peers[0]?.connectionState).toBe('closed')
    expect(server.last('offer').tracks.map(({ source, muted }) => [source, muted])).toEqual([
      ['microphone', true],
      ['camera', false],
    ])
    expect(media.asked).toHaveLength(asked)
    const line = browser.peer.transceivers.find(({ kind, direction }) => kind === 'video' && direction === 'sendonly')
    expect(line?.sender.track).toBe(camera)
    expect(room.local.id).toBe('p_self2')
  })

  it('does not withdraw what the new server never knew', async () => {
    const { room, server, browser, advance } = await call()
    await room.local.shareScreen({ audio: false })
    await advance(50)
    server.remembers = false
    server.participant = 'p_self2'
    browser.socket.break()
    room.local.stopScreenShare()
    await advance(200)
    expect(server.of('unpublish')).toHaveLength(0)
    expect(server.last('offer').tracks.map(({ source }) => source)).toEqual(['microphone', 'camera'])
  })

  it('does not show its former self while the server still awaits it', async () => {
    const { room, server, browser, log, advance } = await call()
    server.remembers = false
    server.peers.push({ ...peerInfo('p_self'), state: 'reconnecting' })
    server.participant = 'p_self2'
    browser.socket.break()
    await advance(200)
    log.length = 0
    server.event({ type: 'participant_left', participant: 'p_self', reason: 'connection_lost' })
    expect(room.participants.get().map(({ id }) => id)).toEqual(['p_bob'])
    expect(log).toEqual([])
  })

  it('raises the hand again after joining anew, not after a resume', async () => {
    const { room, server, browser, advance } = await call()
    room.local.raiseHand()
    browser.socket.break()
    await advance(100)
    expect(server.of('raise_hand')).toHaveLength(1)
    server.remembers = false
    browser.socket.break()
    await advance(1000)
    expect(server.of('raise_hand')).toHaveLength(2)
    expect(room.hands.get()).toEqual([room.local])
  })

  it('tells the server what was muted while it was away', async () => {
    const { room, server, browser, advance } = await call()
    server.admission = 'unreachable'
    browser.socket.break()
    await advance(100)
    room.local.microphone.disable()
    room.local.camera.disable()
    server.admission = 'admit'
    await advance(2000)
    expect(server.of('mute_audio')).toHaveLength(1)
    expect(server.of('mute_video')).toHaveLength(1)
    const own = server.tracks.filter(({ participant }) => participant === 'p_self')
    expect(own.map(({ muted }) => muted)).toEqual([true, true])
  })

  it('sends an offer again whose answer was lost with the socket', async () => {
    const { room, server, browser, advance } = await call()
    server.answersOffers = false
    await room.local.shareScreen({ audio: false })
    await advance(50)
    const lost = server.last('offer')
    browser.socket.break()
    server.answersOffers = true
    await advance(200)
    expect(server.last('offer').sdp).not.toBe(lost.sdp)
    expect(server.last('offer').tracks.map(({ source }) => source)).toContain('screen')
    expect(browser.peers).toHaveLength(1)
    expect(browser.peer.signalingState).toBe('stable')
  })

  it('ends when the server says so, and stays ended', async () => {
    const { room, server, browser, media, advance } = await call()
    server.send({ type: 'room_closing', reason: 'The clinic is closed.' })
    expect(room.connection.get()).toMatchObject({ state: 'ended', reason: 'room-closed', message: 'The clinic is closed.' })
    await advance(60_000)
    browser.setOnline(true)
    await advance(60_000)
    expect(browser.sockets).toHaveLength(1)
    expect(media.live()).toEqual([])
  })

  it.each([
    [4003, 'removed'],
    [4004, 'replaced'],
  ])('ends when it is closed with %i', async (code, reason) => {
    const { room, browser, advance } = await call()
    browser.socket.break(code)
    await advance(60_000)
    expect(room.connection.get()).toMatchObject({ state: 'ended', reason })
    expect(browser.sockets).toHaveLength(1)
  })

  it.each([1000, 1006, 1011, 1013, 4005])('comes back when it is closed with %i', async (code) => {
    const { room, browser, advance } = await call()
    browser.socket.break(code)
    await advance(100)
    expect(room.connection.get().state).toBe('live')
  })

  it('comes back by itself after a planned restart', async () => {
    const { room, server, browser, advance } = await call()
    server.send({ type: 'room_closing', reason: 'update', retry_after: 2 })
    expect(room.connection.get()).toMatchObject({ state: 'waiting', reason: 'server-restarting' })
    await advance(1900)
    expect(browser.sockets).toHaveLength(1)
    await advance(500)
    expect(room.connection.get().state).toBe('live')
    expect(server.last('join').resume).toBeUndefined()
  })
})

describe('recovering media', () => {
  it('restarts ICE when the browser reports a lost path', async () => {
    const { room, server, browser, advance } = await call()
    const before = server.of('offer').length
    server.answersOffers = false
    browser.peer.inboundPerLook = 0
    browser.peer.setState('disconnected')
    await advance(2400)
    expect(room.connection.get()).toMatchObject({ state: 'live' })
    await advance(200)
    expect(room.connection.get()).toMatchObject({ state: 'recovering', reason: 'media-lost', signal: 'up', media: 'down' })
    expect(server.of('offer')).toHaveLength(before + 1)
    expect(browser.peer.generation).toBe(1)
    server.answer(server.last('offer'))
    await advance(10)
    browser.peer.setState('connected')
    expect(room.connection.get()).toMatchObject({ state: 'live', media: 'up' })
    expect(browser.peers).toHaveLength(1)
  })

  it('lets what still arrives go on when a browser misses an answer', async () => {
    const { room, browser, advance } = await call()
    for (let misses = 0; misses < 5; misses += 1) {
      browser.peer.setState('disconnected')
      await advance(1500)
      browser.peer.setState('connected')
      await advance(300)
    }
    expect(browser.peer.generation).toBe(0)
    expect(room.connection.get()).toMatchObject({ state: 'live', media: 'up' })
  })

  it('acts on silence before the browser does', async () => {
    const { room, browser, advance } = await call()
    await advance(5000)
    expect(browser.peer.generation).toBe(0)
    browser.peer.inboundPerLook = 0
    await advance(6500)
    expect(browser.peer.generation).toBe(1)
    browser.peer.inboundPerLook = 50
    await advance(3000)
    expect(room.connection.get()).toMatchObject({ state: 'live', media: 'up' })
    expect(browser.peers).toHaveLength(1)
  })

  it('begins a new peer connection when a restart does not help', async () => {
    const { room, browser, server, advance } = await call()
    browser.peer.inboundPerLook = 0
    browser.peer.setState('disconnected')
    await advance(11_500)
    expect(browser.peers).toHaveLength(2)
    expect(server.last('offer').tracks).toHaveLength(2)
    expect(room.connection.get()).toMatchObject({ state: 'live', media: 'up' })
  })

  it('begins a new one at once when the server has closed its end', async () => {
    const { browser, server, advance } = await call()
    server.send({ type: 'media_lost', closed: true })
    await advance(50)
    expect(browser.peers).toHaveLength(2)
    expect(browser.peers[0]?.connectionState).toBe('closed')
  })

  it('restarts ICE when the server only lost the path', async () => {
    const { browser, server, advance } = await call()
    server.send({ type: 'media_lost', closed: false })
    await advance(50)
    expect(browser.peers).toHaveLength(1)
    expect(browser.peer.generation).toBe(1)
  })

  it('waits for signaling before it repairs media', async () => {
    const { room, browser, server, advance } = await call()
    server.admission = 'unreachable'
    browser.socket.break()
    browser.peer.inboundPerLook = 0
    browser.peer.setState('disconnected')
    await advance(2600)
    expect(browser.peer.generation).toBe(0)
    expect(room.connection.get()).toMatchObject({ signal: 'down', media: 'down' })
    server.admission = 'admit'
    await advance(3000)
    expect(browser.peer.generation).toBe(1)
  })

  it('forgets the lines of the former peer connection', async () => {
    const { room, browser, server, advance } = await call()
    const microphone = room.participants.get()[0]?.publication('microphone')
    expect(microphone?.delivery.get().assigned).toBe(true)
    server.answersOffers = false
    server.send({ type: 'media_lost', closed: true })
    await advance(50)
    // Said of the former connection, on its way when the new one began.
    server.slots([{ mid: '2', track: 't_bob', participant: 'p_bob', cause: 'full' }])
    server.answer(server.last('offer'))
    await advance(50)
    expect(microphone?.delivery.get().assigned).toBe(false)
    const [slot] = browser.peer.slots('audio')
    server.slots([{ mid: slot?.mid ?? '', track: 't_bob', participant: 'p_bob', cause: 'full' }])
    expect(microphone?.mediaTrack.get()).toBe(slot?.remote)
    expect(slot?.remote).toBeInstanceOf(FakeTrack)
  })

  it('closes players of former lines', async () => {
    const { browser, server, advance } = await call()
    const former = [...browser.outputs]
    server.send({ type: 'media_lost', closed: true })
    await advance(50)
    expect(former.every(({ closed }) => closed)).toBe(true)
    expect(browser.outputs.filter(({ closed }) => !closed)).toHaveLength(browser.peer.slots('audio').length)
  })
})
