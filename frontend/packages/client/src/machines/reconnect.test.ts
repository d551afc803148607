import { describe, expect, it } from 'vitest'
import { SeameetError } from '../api/error.ts'
import { ReconnectMachine, type ReconnectOutput } from './reconnect.ts'

const TTL = 20_000

function drain(machine: ReconnectMachine): ReconnectOutput[] {
  const outputs: ReconnectOutput[] = []
  for (let output = machine.poll(); output !== undefined; output = machine.poll()) outputs.push(output)
  return outputs
}

const types = (machine: ReconnectMachine) => drain(machine).map(({ type }) => type)

/** A machine in a room, with chance in the middle so that delays are exact. */
function joined(random = 0.5): ReconnectMachine {
  const machine = new ReconnectMachine(() => random)
  machine.connect(0)
  machine.joined(100, TTL)
  drain(machine)
  return machine
}

describe('ReconnectMachine', () => {
  it('opens at once, says joined once, and is live', () => {
    const machine = new ReconnectMachine(() => 0.5)
    machine.connect(0)
    expect(drain(machine)).toEqual([{ type: 'open', resume: false }])
    expect(machine.status.state).toBe('connecting')
    machine.joined(100, TTL)
    expect(types(machine)).toEqual(['joined'])
    expect(machine.status.state).toBe('live')
  })

  it('resumes at once when the socket closes', () => {
    const machine = joined()
    machine.lost(5000, 'socket-closed')
    expect(drain(machine)).toEqual([{ type: 'close' }, { type: 'open', resume: true }])
    expect(machine.status).toMatchObject({ state: 'recovering', reason: 'socket-closed', attempt: 1 })
  })

  it('waits longer and longer between attempts, and never stops', () => {
    const machine = joined()
    let now = 5000
    const waits: number[] = []
    for (let attempt = 0; attempt < 9; attempt += 1) {
      machine.lost(now, 'socket-closed')
      drain(machine)
      const deadline = machine.deadline()
      waits.push(deadline === null ? 0 : deadline - now)
      if (deadline !== null) {
        expect(machine.status.state).toBe('waiting')
        now = deadline
        machine.wake(now)
        expect(types(machine)).toEqual(['open'])
      }
    }
    expect(waits).toEqual([0, 300, 1000, 2000, 4000, 8000, 8000, 8000, 8000])
  })

  it.each([
    [0, 700],
    [1, 1300],
  ])('spreads delays by 30 % either way (chance %d)', (random, expected) => {
    const machine = joined(random)
    for (let attempt = 0; attempt < 3; attempt += 1) {
      machine.lost(1000, 'socket-closed')
      drain(machine)
      const deadline = machine.deadline()
      if (attempt < 2 && deadline !== null) machine.wake(deadline)
      drain(machine)
    }
    expect((machine.deadline() ?? 0) - 1000).toBeCloseTo(expected)
  })

  it('joins anew once the token must have expired', () => {
    const machine = joined()
    machine.lost(5000, 'socket-closed')
    drain(machine)
    machine.lost(5000 + TTL + 3000, 'socket-closed')
    machine.wake(machine.deadline() ?? 0)
    expect(drain(machine).at(-1)).toEqual({ type: 'open', resume: false })
  })

  it('joins anew at once when the server refuses to resume', () => {
    const machine = joined()
    machine.lost(5000, 'socket-closed')
    drain(machine)
    machine.refused(5010, new SeameetError('connect/auth-rejected', ''), true)
    expect(drain(machine)).toEqual([{ type: 'close' }, { type: 'open', resume: false }])
  })

  it('starts over with short delays after a stable time, but not after a flap', () => {
    const machine = joined()
    machine.lost(5000, 'socket-closed')
    machine.joined(5100, TTL)
    machine.lost(6000, 'socket-closed')
    expect(machine.status.attempt).toBe(2)
    machine.wake(6300)
    machine.joined(6400, TTL)
    machine.lost(6400 + 30_000, 'socket-closed')
    expect(machine.status.attempt).toBe(1)
  })

  it('tries at once when the network returns', () => {
    const machine = joined()
    machine.network(4000, false)
    machine.lost(5000, 'socket-silent')
    expect(types(machine)).toEqual(['close'])
    expect(machine.status).toMatchObject({ state: 'waiting', reason: 'offline', retryAt: 20_000 })
    machine.network(7000, true)
    expect(drain(machine)).toEqual([{ type: 'open', resume: true }])
  })

  it('tries now and then while the browser claims to be offline', () => {
    const machine = joined()
    machine.network(4000, false)
    machine.lost(5000, 'socket-silent')
    machine.wake(20_000)
    expect(types(machine)).toEqual(['close', 'open'])
  })

  it('rests while the page is hidden for long, and goes on when it is seen', () => {
    const machine = joined()
    machine.visibility(1000, false)
    let now = 5000
    for (let attempt = 0; attempt < 40; attempt += 1) {
      machine.lost(now, 'socket-closed')
      now = machine.deadline() ?? now
      machine.wake(now)
      if (machine.status.state === 'waiting') break
    }
    drain(machine)
    expect(machine.status).toMatchObject({ state: 'waiting', retryAt: null })
    expect(now).toBeGreaterThanOrEqual(121_000)
    machine.visibility(500_000, true)
    expect(types(machine)).toEqual(['open'])
  })

  it('gives up a first join that keeps failing, and can begin again', () => {
    const machine = new ReconnectMachine(() => 0.5)
    machine.connect(0)
    for (let attempt = 0; attempt < 4; attempt += 1) {
      machine.lost(1000, 'socket-closed')
      const deadline = machine.deadline()
      if (deadline !== null) machine.wake(deadline)
    }
    expect(types(machine).at(-1)).toBe('ended')
    expect(machine.status).toMatchObject({ state: 'ended', reason: 'gave-up' })
    expect(machine.status.error?.code).toBe('connect/unreachable')
    machine.connect(60_000)
    expect(types(machine)).toEqual(['open'])
  })

  it.each([
    ['a refusal that will not change', new SeameetError('connect/auth-rejected', '')],
    ['a full room', new SeameetError('connect/room-full', '', { retryable: true })],
  ])('ends the first join on %s', (_, error) => {
    const machine = new ReconnectMachine(() => 0.5)
    machine.connect(0)
    machine.refused(50, error, false)
    expect(machine.status).toMatchObject({ state: 'ended', reason: 'refused', error })
  })

  it('waits for a place in a full room when it was a member before', () => {
    const machine = joined()
    machine.lost(5000, 'socket-closed')
    machine.refused(5010, new SeameetError('connect/room-full', '', { retryable: true }), false)
    expect(machine.status.state).toBe('waiting')
  })

  it('comes back after a restart of the server, not before the server said', () => {
    const machine = joined()
    machine.restarting(5000, 3000, 'update')
    expect(machine.status).toMatchObject({ state: 'waiting', reason: 'server-restarting', retryAt: 8000, message: 'update' })
    machine.network(6000, true)
    expect(types(machine)).toEqual(['close'])
    machine.wake(8000)
    expect(drain(machine)).toEqual([{ type: 'open', resume: false }])
  })

  it('stays ended whatever comes', () => {
    const machine = joined()
    machine.finished('removed', null)
    expect(types(machine)).toEqual(['close', 'ended'])
    machine.lost(1, 'socket-closed')
    machine.network(2, true)
    machine.visibility(3, true)
    machine.wake(4)
    machine.leave()
    expect(types(machine)).toEqual([])
    expect(machine.status).toMatchObject({ state: 'ended', reason: 'removed' })
  })
})
