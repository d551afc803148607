import { describe, expect, it } from 'vitest'
import { createRoom } from '../create.ts'
import { FakeBrowser } from '../testing/browser/fake-browser.ts'
import { FakeServer, peerInfo, trackInfo } from '../testing/browser/fake-server.ts'
import { harness, joinedHarness } from '../testing/harness.ts'

/** What a promise came to, for promises that may fail. */
const outcome = (promise: Promise<unknown>) =>
  promise.then(
    () => 'ok',
    (error: unknown) => (error as { code?: string }).code,
  )

describe('joining', () => {
  it('touches nothing before it is asked to', () => {
    const browser = new FakeBrowser()
    createRoom({ browser })
    expect(browser.sockets).toHaveLength(0)
    expect(browser.peers).toHaveLength(0)
    expect(browser.listeners).toBe(0)
    expect(browser.media?.listeners).toBe(0)
    expect(browser.clock.pending).toBe(0)
  })

  it('joins first, offers second, and is live', async () => {
    const { server, room, browser } = await joinedHarness()
    expect(server.received.map(({ type }) => type)).toEqual(['join', 'offer'])
    expect(server.last('join')).toMatchObject({ protocol: 1, room_id: 'room', display_name: 'Ada' })
    expect(browser.socket.url).toBe('wss://example.test/ws')
    expect(room.connection.get()).toMatchObject({ state: 'live', signal: 'up', media: 'up', attempt: 0 })
    expect(room.roomId.get()).toBe('room')
    expect(room.startedAt.get()).toBe(1_600_000_000_000)
  })

  it('receives without sending: slots only, and every line one-way', async () => {
    const { browser, server } = await joinedHarness()
    expect(server.last('offer').tracks).toEqual([])
    expect(browser.peer.slots('audio')).toHaveLength(4)
    expect(browser.peer.slots('video')).toHaveLength(4)
    expect(browser.peer.transceivers.every(({ direction }) => direction === 'recvonly')).toBe(true)
  })

  it('has slots for everybody who is there already', async () => {
    const { browser } = await joinedHarness(({ server }) => {
      server.peers = Array.from({ length: 9 }, (_, n) => peerInfo(`p_${n}`))
      server.tracks = server.peers.flatMap(({ id }) => [
        trackInfo(`t_${id}a`, id, 'microphone'),
        trackInfo(`t_${id}v`, id, 'camera'),
      ])
    })
    expect(browser.peer.slots('audio')).toHaveLength(11)
    expect(browser.peer.slots('video')).toHaveLength(11)
  })

  it('asks for no slots when it may not receive', async () => {
    const { browser } = await joinedHarness(({ server }) => {
      server.subscribe = false
    })
    expect(browser.peer.transceivers).toHaveLength(0)
  })

  it('shows who is there before it is live', async () => {
    const { room, server, log, advance } = harness()
    server.peers = [peerInfo('p_1', 'Bob'), peerInfo('p_2')]
    server.tracks = [trackInfo('t_1', 'p_1', 'camera')]
    let namesWhenLive: string[] = []
    room.connection.subscribe(() => {
      if (room.connection.get().state === 'live') namesWhenLive = room.participants.get().map(({ name }) => name.get())
    })
    void room.connect({ roomId: 'room' })
    await advance(100)
    expect(namesWhenLive).toEqual(['Bob', 'Guest'])
    expect(log).toEqual(['participant-joined p_1', 'participant-joined p_2', 'publication-added t_1'])
  })

  it('pulls a fresh token for every join', async () => {
    const { room, server, advance, browser } = harness()
    let count = 0
    void room.connect({ roomId: 'room', token: () => Promise.resolve(`token ${(count += 1)}`) })
    await advance(100)
    browser.socket.break()
    await advance(100)
    expect(server.of('join').map(({ token }) => token)).toEqual(['token 1', 'token 2'])
  })

  it('rejects with what the server said', async () => {
    const { room, server, advance } = harness()
    server.admission = { code: 'auth_rejected' }
    const joining = outcome(room.connect({ roomId: 'room' }))
    await advance(100)
    expect(await joining).toBe('connect/auth-rejected')
    expect(room.connection.get()).toMatchObject({ state: 'ended', reason: 'refused', signal: 'down', media: 'down' })
  })

  it('rejects when nobody answers, after a few tries', async () => {
    const { room, server, browser, advance } = harness()
    server.admission = 'unreachable'
    const joining = outcome(room.connect({ roomId: 'room' }))
    await advance(10_000)
    expect(await joining).toBe('connect/unreachable')
    expect(browser.sockets).toHaveLength(4)
    expect(browser.listeners).toBe(0)
    expect(browser.clock.pending).toBe(0)
  })

  it('tries again when the server opens a socket and then says nothing', async () => {
    const { room, server, browser, advance } = harness()
    server.admission = 'silent'
    void room.connect({ roomId: 'room' })
    await advance(10_100)
    server.admission = 'admit'
    await advance(500)
    expect(browser.sockets.length).toBeGreaterThan(1)
    expect(room.connection.get().state).toBe('live')
  })

  it('survives a double mount: connect, leave, connect', async () => {
    const { room, server, browser, advance } = harness()
    const first = outcome(room.connect({ roomId: 'room' }))
    void room.leave()
    const second = room.connect({ roomId: 'room' })
    await advance(200)
    expect(await first).toBe('connect/aborted')
    await second
    expect(room.connection.get().state).toBe('live')
    expect(server.of('join')).toHaveLength(1)
    expect(browser.peers.filter(({ connectionState }) => connectionState !== 'closed')).toHaveLength(1)
  })

  it('returns the same promise while it joins the same room', async () => {
    const { room, browser, advance } = harness()
    const first = room.connect({ roomId: 'room' })
    expect(room.connect({ roomId: 'room' })).toBe(first)
    await advance(100)
    expect(room.connect({ roomId: 'room' })).toBe(first)
    expect(browser.sockets).toHaveLength(1)
  })

  it('can be aborted', async () => {
    const { room, browser, advance } = harness()
    const controller = new AbortController()
    const joining = outcome(room.connect({ roomId: 'room', signal: controller.signal }))
    controller.abort()
    await advance(100)
    expect(await joining).toBe('connect/aborted')
    expect(browser.listeners).toBe(0)
  })

  it('forgets the signal of an earlier visit', async () => {
    const { room, advance } = harness()
    const controller = new AbortController()
    void room.connect({ roomId: 'room', signal: controller.signal })
    await advance(100)
    await room.leave()
    void room.connect({ roomId: 'room' })
    await advance(100)
    controller.abort()
    expect(room.connection.get().state).toBe('live')
  })

  it('opens no socket when it is left while the token is fetched', async () => {
    const { room, browser, advance } = harness()
    let give: (token: string) => void = () => undefined
    void room.connect({ roomId: 'room', token: () => new Promise((resolve) => (give = resolve)) })
    await room.leave()
    give('late')
    await advance(100)
    expect(browser.sockets).toHaveLength(0)
  })

  it('keeps attributes that an update does not mention', async () => {
    const { room, server } = await joinedHarness(({ server }) => {
      server.peers = [{ ...peerInfo('p_bob', 'Bob'), attributes: { team: 'red' } }]
    })
    const bob = room.participants.get()[0]
    server.event({ type: 'participant_updated', participant: { ...peerInfo('p_bob', 'Bob'), hand: true } })
    expect(bob?.handRaised.get()).toBe(true)
    expect(bob?.attributes.get()).toEqual({ team: 'red' })
    server.event({ type: 'participant_updated', participant: { ...peerInfo('p_bob', 'Bob'), attributes: { team: 'blue' } } })
    expect(bob?.attributes.get()).toEqual({ team: 'blue' })
  })

  it('can be left by whoever is told who is there', async () => {
    const { room, server, browser, advance } = harness()
    server.peers = [peerInfo('p_1')]
    room.on('participant-joined', () => void room.leave())
    void room.connect({ roomId: 'room' })
    await advance(200)
    expect(room.connection.get()).toMatchObject({ state: 'ended', reason: 'left' })
    expect(browser.peers).toHaveLength(0)
    expect(browser.clock.pending).toBe(0)
  })

  it('can be left by whoever is told what was missed', async () => {
    const { room, server, browser, advance } = await joinedHarness()
    room.on('reaction-received', () => void room.leave())
    server.peers = [peerInfo('p_1')]
    browser.socket.break()
    server.miss({ type: 'participant_joined', participant: peerInfo('p_1') })
    server.miss({ type: 'reaction', from: 'p_1', reaction: '👋', at: 1 })
    await advance(200)
    expect(room.connection.get()).toMatchObject({ state: 'ended', reason: 'left' })
    expect(room.participants.get()).toEqual([])
    expect(browser.clock.pending).toBe(0)
  })

  it('leaves nothing behind', async () => {
    const { room, server, browser, media, advance } = await joinedHarness()
    await room.local.camera.enable()
    await room.local.microphone.enable()
    await advance(100)
    await room.leave()
    await advance(100)
    expect(server.of('leave')).toHaveLength(1)
    expect(browser.peer.connectionState).toBe('closed')
    expect(browser.socket.state).toBe('closed')
    expect(media.live()).toEqual([])
    expect(browser.readers).toBe(0)
    expect(browser.listeners).toBe(0)
    expect(browser.clock.pending).toBe(0)
    expect(browser.outputs.every(({ closed }) => closed)).toBe(true)
    expect(room.participants.get()).toEqual([])
    expect(room.connection.get()).toMatchObject({ state: 'ended', reason: 'left' })
  })

  it('says goodbye when the page goes away', async () => {
    const { server, browser } = await joinedHarness()
    browser.endPage()
    expect(server.of('leave')).toHaveLength(1)
  })

  it('can be joined again after its end, with the same object', async () => {
    const { room, server, browser, advance } = await joinedHarness()
    browser.socket.break(4003)
    expect(room.connection.get()).toMatchObject({ state: 'ended', reason: 'removed' })
    void room.connect({ roomId: 'room' })
    await advance(100)
    expect(room.connection.get().state).toBe('live')
    expect(server.of('join').at(-1)?.resume).toBeUndefined()
  })

  it('ignores messages of a newer server', async () => {
    const { room, server } = await joinedHarness()
    server.event({ type: 'weather', sun: true })
    server.event({ type: 'participant_joined', participant: { ...peerInfo('p_1', 'Bob'), mood: 'fine' } })
    server.event({ type: 'track_published', track: { ...trackInfo('t_9', 'p_1', 'camera'), source: 'hologram' } })
    expect(room.participants.get().map(({ name }) => name.get())).toEqual(['Bob'])
    expect(room.participants.get()[0]?.publications.get()).toEqual([])
    expect(room.connection.get().state).toBe('live')
  })

  it('works without a default address only when told one', async () => {
    const browser = Object.assign(new FakeBrowser(), { defaultUrl: () => null })
    const server = new FakeServer(browser)
    const room = createRoom({ browser })
    expect(await outcome(room.connect({ roomId: 'room' }))).toBe('connect/unreachable')
    void room.connect({ roomId: 'room', url: 'wss://other.test/ws' })
    await browser.clock.advance(100)
    expect(server.of('join')).toHaveLength(1)
  })
})
