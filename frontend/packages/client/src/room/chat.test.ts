import { describe, expect, it } from 'vitest'
import { peerInfo } from '../testing/browser/fake-server.ts'
import { harness, joinedHarness, type Harness } from '../testing/harness.ts'

const outcome = (promise: Promise<unknown>) =>
  promise.then(
    () => 'ok',
    (error: unknown) => (error as { code?: string }).code,
  )

const wire = (id: string, from: string, text: string, at: number) => ({ type: 'chat_message', id, from, text, at })

const shown = ({ room }: Harness) => room.chat.messages.get().map(({ text, state }) => `${text} ${state}`)

function call(): Promise<Harness> {
  return joinedHarness(({ server }) => {
    server.peers = [peerInfo('p_bob', 'Bob')]
    server.chat = [{ id: '1', from: 'p_old', display_name: 'Old', text: 'before', at: 10 }]
  })
}

describe('chat', () => {
  it('begins with what was said before', async () => {
    const { room } = await call()
    expect(room.chat.messages.get()).toMatchObject([{ name: 'Old', text: 'before', own: false, state: 'sent', at: 10 }])
    expect(room.chat.maxLength.get()).toBe(100)
  })

  it('shows own messages at once, last, and in the order of the server when it confirms', async () => {
    const made = await call()
    const { room, server } = made
    const sent = outcome(room.chat.send('mine'))
    server.event(wire('2', 'p_bob', 'his', 20))
    expect(shown(made)).toEqual(['before sent', 'his sent', 'mine sending'])
    const key = room.chat.messages.get().at(-1)?.key
    server.event({ ...wire('3', 'p_self', 'mine', 30), display_name: 'Ada' })
    expect(await sent).toBe('ok')
    expect(shown(made)).toEqual(['before sent', 'his sent', 'mine sent'])
    expect(room.chat.messages.get().at(-1)).toMatchObject({ key, own: true, at: 30, name: 'Ada' })
  })

  it('tells of the messages of others only, and once', async () => {
    const { server, log } = await call()
    log.length = 0
    server.event(wire('2', 'p_bob', 'his', 20))
    server.event(wire('3', 'p_self', 'mine', 30))
    expect(log).toEqual(['chat-received his'])
  })

  it('confirms equal texts in their order', async () => {
    const { room, server } = await call()
    const [first, second] = [outcome(room.chat.send('same')), outcome(room.chat.send('same'))]
    const keys = room.chat.messages.get().map(({ key }) => key)
    server.event(wire('2', 'p_self', 'same', 20))
    expect(await first).toBe('ok')
    expect(room.chat.messages.get().map(({ key }) => key)).toEqual(keys)
    server.event(wire('3', 'p_self', 'same', 20))
    expect(await second).toBe('ok')
  })

  it('sends again what was not confirmed when the connection returns, and only that', async () => {
    const made = await call()
    const { room, server, browser, advance } = made
    void room.chat.send('arrived')
    void room.chat.send('lost')
    await advance(10)
    browser.socket.break()
    void room.chat.send('later')
    server.miss(wire('2', 'p_self', 'arrived', 20))
    await advance(100)
    expect(server.of('chat_message').map(({ text }) => text)).toEqual(['arrived', 'lost', 'lost', 'later'])
    expect(shown(made)).toEqual(['before sent', 'arrived sent', 'lost sending', 'later sending'])
  })

  it('keeps what it knew and adds what it missed when it resumes without a history', async () => {
    const made = await call()
    const { server, browser, advance } = made
    browser.socket.break()
    server.miss(wire('2', 'p_bob', 'missed', 20))
    await advance(100)
    expect(shown(made)).toEqual(['before sent', 'missed sent'])
  })

  it('keeps what it knew and adds what it missed when it joins anew', async () => {
    const made = await call()
    const { server, browser, advance } = made
    server.event(wire('2', 'p_bob', 'known', 20))
    server.remembers = false
    server.chat.push({ id: '2', from: 'p_bob', text: 'known', at: 20 }, { id: '3', from: 'p_bob', text: 'missed', at: 30 })
    browser.socket.break()
    await advance(100)
    expect(shown(made)).toEqual(['before sent', 'known sent', 'missed sent'])
  })

  it('does not mistake a message of a restarted server for an old one', async () => {
    const made = await call()
    const { server, browser, advance } = made
    server.remembers = false
    server.chat = []
    server.seq = 0
    browser.socket.break()
    await advance(100)
    server.event(wire('1', 'p_bob', 'new', 99))
    expect(shown(made)).toEqual(['before sent', 'new sent'])
  })

  it('fails what the server refuses', async () => {
    const made = await call()
    const { room, server, advance } = made
    const sent = outcome(room.chat.send('spam'))
    await advance(10)
    server.send({ type: 'error', id: server.last('chat_message').id, code: 'rate_limited', message: '', retryable: true })
    expect(await sent).toBe('policy/rate-limited')
    expect(shown(made)).toEqual(['before sent', 'spam failed'])
  })

  it('counts characters as the server does', async () => {
    const { room, server, advance } = await call()
    expect(await outcome(room.chat.send(''))).toBe('policy/too-large')
    expect(await outcome(room.chat.send('x'.repeat(101)))).toBe('policy/too-large')
    void room.chat.send('😀'.repeat(100))
    await advance(10)
    expect(server.of('chat_message')).toHaveLength(1)
  })

  it('refuses outside of a call, and fails what waits at its end', async () => {
    const made = await call()
    const waiting = outcome(made.room.chat.send('bye'))
    await made.room.leave()
    expect(await waiting).toBe('state/not-connected')
    expect(await outcome(made.room.chat.send('hello?'))).toBe('state/not-connected')
    expect(await outcome(harness().room.chat.send('hello?'))).toBe('state/not-connected')
  })

  it('addresses one person and shows it so', async () => {
    const { room, server, advance } = await call()
    void room.chat.send('psst', { to: 'p_bob' })
    await advance(10)
    expect(server.last('chat_message')).toMatchObject({ text: 'psst', to: 'p_bob' })
    server.send({ ...wire('9', 'p_self', 'psst', 20), to: 'p_bob' })
    expect(room.chat.messages.get().at(-1)).toMatchObject({ to: 'p_bob', state: 'sent', own: true })
  })
})

describe('hands, reactions and data', () => {
  it('queues hands in the order in which they went up', async () => {
    const { room, server } = await call()
    server.event({ type: 'participant_updated', participant: { ...peerInfo('p_bob', 'Bob'), hand: true } })
    room.local.raiseHand()
    const bob = room.participants.get()[0]
    expect(room.hands.get()).toEqual([bob, room.local])
    server.event({ type: 'participant_updated', participant: peerInfo('p_bob', 'Bob') })
    expect(room.hands.get()).toEqual([room.local])
    server.event({ type: 'participant_left', participant: 'p_bob', reason: 'left' })
    expect(room.hands.get()).toEqual([room.local])
  })

  it('tells of reactions, own ones too', async () => {
    const { room, server, advance } = await call()
    const seen: string[] = []
    room.on('reaction-received', ({ participant, reaction }) => seen.push(`${participant.name.get()} ${reaction}`))
    room.local.react('👍')
    await advance(10)
    expect(server.last('reaction')).toMatchObject({ reaction: '👍' })
    server.event({ type: 'reaction', from: 'p_self', reaction: '👍', at: 1 })
    server.event({ type: 'reaction', from: 'p_bob', reaction: '🎉', at: 2 })
    server.event({ type: 'reaction', from: 'p_nobody', reaction: '🎉', at: 3 })
    expect(seen).toEqual(['Ada 👍', 'Bob 🎉'])
  })

  it('relays data, and says when it cannot', async () => {
    const { room, server, advance } = await call()
    const seen: string[] = []
    room.on('data-received', ({ from, topic, body }) => seen.push(`${from} ${topic} ${body}`))
    room.sendData('pointer', '1,2', { to: 'p_bob' })
    await advance(10)
    expect(server.last('data')).toMatchObject({ topic: 'pointer', body: '1,2', to: 'p_bob' })
    server.event({ type: 'data', from: 'p_bob', topic: 'pointer', body: '3,4', at: 1 })
    expect(seen).toEqual(['p_bob pointer 3,4'])
    await room.leave()
    expect(() => {
      room.sendData('pointer', '')
    }).toThrow('no connection')
  })

  it('keeps other listeners when one throws', async () => {
    const { room, server, log } = await call()
    const errors: unknown[] = []
    const original = globalThis.queueMicrotask
    globalThis.queueMicrotask = (task) => {
      try {
        task()
      } catch (error) {
        errors.push(error)
      }
    }
    room.on('chat-received', () => {
      throw new Error('mine')
    })
    server.event(wire('2', 'p_bob', 'his', 20))
    globalThis.queueMicrotask = original
    expect(errors).toHaveLength(1)
    expect(log).toContain('chat-received his')
  })
})
