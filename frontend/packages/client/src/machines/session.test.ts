import type { Join } from '@seameet/protocol'
import { describe, expect, it } from 'vitest'
import { newSessionMemory, SessionMachine, type SessionOutput } from './session.ts'

const JOIN: Join = { protocol: 1, room_id: 'room' }

const READY = {
  type: 'ready',
  protocol: 1,
  participant: 'p_self',
  room: { id: 'room', seq: 10, started_at: 0 },
  peers: [],
  tracks: [],
  chat: [],
  ice_servers: [],
  resume: { token: 'secret', ttl_ms: 20_000 },
  limits: { message_bytes: 1, sdp_bytes: 1, chat_chars: 1, tracks: 1, slots: 1 },
  grants: { publish_microphone: true, publish_camera: true, publish_screen: true, subscribe: true, chat: true, data: true },
  resumed: false,
}

function drain(session: SessionMachine): SessionOutput[] {
  const outputs: SessionOutput[] = []
  for (let output = session.poll(); output !== undefined; output = session.poll()) outputs.push(output)
  return outputs
}

const types = (session: SessionMachine) => drain(session).map(({ type }) => type)
const reaction = (seq: number) => JSON.stringify({ type: 'reaction', seq, from: 'p_1', reaction: '👍', at: 1 })

function sentBy(session: SessionMachine): { type: string; id: string }[] {
  return drain(session).flatMap((output) =>
    output.type === 'send' ? [JSON.parse(output.text) as { type: string; id: string }] : [],
  )
}

function joinedSession(memory = newSessionMemory()): SessionMachine {
  const session = new SessionMachine(JOIN, memory, 0)
  session.opened()
  session.received(JSON.stringify(READY), 0)
  drain(session)
  return session
}

describe('SessionMachine', () => {
  it('joins first and sends nothing before it is let in', () => {
    const session = new SessionMachine(JOIN, newSessionMemory(), 0)
    expect(session.request({ type: 'raise_hand' })).toBeNull()
    session.opened()
    expect(sentBy(session)).toMatchObject([{ type: 'join', room_id: 'room' }])
    expect(session.request({ type: 'raise_hand' })).toBeNull()
    session.received(JSON.stringify(READY), 10)
    expect(types(session)).toEqual(['ready', 'caught-up'])
    expect(session.request({ type: 'raise_hand' })).not.toBeNull()
  })

  it('gives every request an id of its own', () => {
    const session = joinedSession()
    const ids = [session.request({ type: 'raise_hand' }), session.request({ type: 'lower_hand' })]
    expect(new Set(ids).size).toBe(2)
    expect(sentBy(session).map(({ id }) => id)).toEqual(ids)
  })

  it('is dead when nobody lets it in', () => {
    const session = new SessionMachine(JOIN, newSessionMemory(), 0)
    session.opened()
    drain(session)
    session.tick(9999)
    expect(types(session)).not.toContain('dead')
    session.tick(10_000)
    expect(drain(session)).toEqual([{ type: 'dead', cause: 'silent' }])
  })

  it('pings every two seconds and measures the round trip', () => {
    const session = joinedSession()
    session.tick(2000)
    const [ping] = sentBy(session)
    expect(ping?.type).toBe('ping')
    session.received(JSON.stringify({ type: 'pong', id: ping?.id }), 2035)
    expect(session.roundTrip).toBe(35)
  })

  it('is dead after six seconds of silence on an open socket', () => {
    const session = joinedSession()
    for (const now of [2000, 4000]) session.tick(now)
    expect(types(session)).toEqual(['send', 'send'])
    session.tick(6000)
    expect(drain(session)).toEqual([{ type: 'dead', cause: 'silent' }])
    expect(session.deadline()).toBeNull()
  })

  it('lives on anything that is said', () => {
    const session = joinedSession()
    for (let now = 1000; now <= 20_000; now += 1000) {
      session.tick(now)
      if (now % 5000 === 0) session.received(reaction(10 + now / 5000), now)
    }
    expect(types(session)).not.toContain('dead')
  })

  it('gives the server a fresh chance after the page was asleep', () => {
    const session = joinedSession()
    session.tick(60_000)
    expect(types(session)).toEqual(['send'])
    session.tick(62_400)
    expect(types(session)).not.toContain('dead')
    session.tick(62_500)
    expect(types(session)).toEqual(['dead'])
  })

  it('notices a dead path soon after a probe', () => {
    const session = joinedSession()
    session.probe(1000)
    session.tick(3500)
    expect(types(session)).toEqual(['send', 'dead'])
  })

  it('passes events in order and drops what it knows', () => {
    const memory = newSessionMemory()
    const session = joinedSession(memory)
    for (const seq of [11, 11, 10, 12]) session.received(reaction(seq), 100)
    const events = drain(session).filter((output) => output.type === 'event')
    expect(events.map(({ event }) => event.seq)).toEqual([11, 12])
    expect(memory.seq).toBe(12)
  })

  it('repairs a gap by a new connection, but not again and again', () => {
    const memory = newSessionMemory()
    const session = joinedSession(memory)
    session.received(reaction(13), 100)
    expect(drain(session)).toEqual([{ type: 'dead', cause: 'gap' }])
    expect(memory.seq).toBe(10)
    const next = joinedSession(memory)
    next.received(reaction(13), 200)
    expect(types(next)).toEqual(['event'])
  })

  it('tells what was missed before it is caught up', () => {
    const memory = newSessionMemory()
    memory.seq = 8
    const session = new SessionMachine(JOIN, memory, 0)
    session.opened()
    drain(session)
    const missed = [9, 10].map((seq) => JSON.parse(reaction(seq)) as unknown)
    session.received(JSON.stringify({ ...READY, resumed: true, missed: [...missed, { type: 'weather', seq: 11 }] }), 5)
    expect(types(session)).toEqual(['ready', 'event', 'event', 'caught-up'])
  })

  it('takes what was missed with numbers left out, and goes on from the number of the room', () => {
    const memory = newSessionMemory()
    memory.seq = 4
    const session = new SessionMachine(JOIN, memory, 0)
    session.opened()
    drain(session)
    const missed = [4, 6, 9].map((seq) => JSON.parse(reaction(seq)) as unknown)
    session.received(JSON.stringify({ ...READY, resumed: true, missed: [...missed, { type: 'weather', seq: 8 }] }), 5)
    const told = drain(session).map((output) => (output.type === 'event' ? output.event.seq : output.type))
    expect(told).toEqual(['ready', 6, 9, 'caught-up'])
    session.received(reaction(11), 6)
    expect(types(session)).toEqual(['event'])
    expect(memory).toMatchObject({ seq: 11, unknown: 1, gapRepairedAt: null })
  })

  it('ignores and counts what it does not know or cannot read', () => {
    const memory = newSessionMemory()
    const session = joinedSession(memory)
    session.received('{"type":"weather","seq":11}', 10)
    session.received('nonsense', 20)
    session.received(reaction(12), 30)
    expect(types(session)).toEqual(['event'])
    expect(memory).toMatchObject({ unknown: 1, invalid: 1, seq: 12 })
  })

  it('tells a refused join from a refused request', () => {
    const error = JSON.stringify({ type: 'error', code: 'room_full', message: '', retryable: true })
    const joining = new SessionMachine(JOIN, newSessionMemory(), 0)
    joining.received(error, 1)
    expect(types(joining)).toEqual(['refused'])
    const session = joinedSession()
    session.received(error, 1)
    expect(types(session)).toEqual(['request-refused'])
  })

  it('says nothing after its end', () => {
    const session = joinedSession()
    session.received(JSON.stringify({ type: 'room_closing', reason: 'bye' }), 1)
    expect(types(session)).toEqual(['closing'])
    session.received(reaction(11), 2)
    session.tick(50_000)
    expect(types(session)).toEqual([])
    expect(session.request({ type: 'leave' })).toBeNull()
  })
})
