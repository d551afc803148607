import { describe, expect, it } from 'vitest'
import { joinedHarness, type Harness } from '../testing/harness.ts'

/** For the user the call is over at once, whatever the line does. */
function expectOver({ room, browser }: Harness): void {
  expect(room.connection.get()).toMatchObject({ state: 'ended', reason: 'left' })
  expect(browser.listeners).toBe(0)
}

/** Everything is told and put away. */
function expectQuiet({ browser }: Harness): void {
  expect(browser.sockets.map(({ state }) => state)).not.toContain('open')
  expect(browser.clock.pending).toBe(0)
}

describe('leaving', () => {
  it('keeps the socket until the server has heard it', async () => {
    const made = await joinedHarness()
    await made.room.leave()
    expectOver(made)
    expect(made.server.of('leave')).toHaveLength(1)
    expect(made.browser.socket.state).toBe('open')
    await made.advance(10)
    expect(made.browser.socket.state).toBe('closed')
    expectQuiet(made)
  })

  it('says it again when the socket breaks before the server has heard it', async () => {
    const made = await joinedHarness()
    made.server.mute = true
    await made.room.leave()
    made.browser.socket.break()
    made.server.mute = false
    await made.advance(100)
    expect(made.server.last('join').resume?.token).toBe('token-1')
    expect(made.server.of('leave')).toHaveLength(2)
    expectOver(made)
    expectQuiet(made)
  })

  it('says it again when the line is dead and nothing tells', async () => {
    const made = await joinedHarness()
    made.server.mute = true
    await made.room.leave()
    await made.advance(6500)
    made.server.mute = false
    await made.advance(20_000)
    expect(made.server.of('leave')).toHaveLength(2)
    expectOver(made)
    expectQuiet(made)
  })

  it('is told while the connection is being repaired', async () => {
    const made = await joinedHarness()
    made.browser.socket.break()
    expect(made.room.connection.get().state).toBe('recovering')
    await made.room.leave()
    expectOver(made)
    await made.advance(100)
    expect(made.server.of('leave')).toHaveLength(1)
    expectQuiet(made)
  })

  it('is told as soon as the server is there again', async () => {
    const made = await joinedHarness()
    made.server.admission = 'unreachable'
    made.browser.socket.break()
    await made.advance(5000)
    await made.room.leave()
    await made.advance(5000)
    expect(made.server.of('leave')).toHaveLength(0)
    made.server.admission = 'admit'
    await made.advance(10_000)
    expect(made.server.of('leave')).toHaveLength(1)
    expectOver(made)
    expectQuiet(made)
  })

  it('ends its efforts when the server has given up waiting', async () => {
    const made = await joinedHarness()
    made.server.admission = 'unreachable'
    made.browser.socket.break()
    await made.room.leave()
    await made.advance(30_000)
    const tried = made.browser.sockets.length
    expectQuiet(made)
    await made.advance(60_000)
    expect(made.browser.sockets).toHaveLength(tried)
  })

  it('ends its efforts when the server does not know us any more', async () => {
    const made = await joinedHarness()
    made.server.remembers = false
    made.browser.socket.break()
    await made.room.leave()
    await made.advance(100)
    expect(made.server.of('join')).toHaveLength(2)
    expectQuiet(made)
  })

  it('tries again when the server is too busy to take it', async () => {
    const made = await joinedHarness()
    made.browser.socket.break()
    made.server.admission = { code: 'rate_limited', retryable: true }
    await made.room.leave()
    await made.advance(100)
    made.server.admission = 'admit'
    await made.advance(5000)
    expect(made.server.of('leave')).toHaveLength(1)
    expectQuiet(made)
  })

  it('does not touch the next call', async () => {
    const made = await joinedHarness()
    made.server.admission = 'unreachable'
    made.browser.socket.break()
    await made.room.leave()
    made.server.admission = 'admit'
    void made.room.connect({ roomId: 'other' })
    await made.advance(1000)
    expect(made.server.of('leave')).toHaveLength(1)
    expect(made.room.connection.get().state).toBe('live')
    expect(made.server.of('join').filter(({ resume }) => resume === undefined).map(({ room_id: id }) => id)).toEqual(['room', 'other'])
  })
})
