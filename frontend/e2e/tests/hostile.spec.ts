import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Page } from '@playwright/test'
import { expect, test } from '../src/fixtures.ts'
import { people } from '../src/person.ts'

const { alice, bob, carol } = people

/** Opens a WebSocket from a page of our own origin, sends, and reads what comes until the end or for a while. */
async function speak(page: Page, messages: readonly (string | number[])[]): Promise<string[]> {
  return page.evaluate(
    (all) =>
      new Promise<string[]>((resolve) => {
        const heard: string[] = []
        const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/ws`)
        const timer = setTimeout(() => {
          socket.close()
        }, 2_000)
        socket.onmessage = (event) => heard.push(String(event.data))
        socket.onclose = () => {
          clearTimeout(timer)
          resolve(heard)
        }
        socket.onopen = () => {
          for (const message of all) socket.send(typeof message === 'string' ? message : new Uint8Array(message))
        }
      }),
    messages as (string | number[])[],
  )
}

const codes = (heard: readonly string[]): unknown[] =>
  heard
    .map((text) => JSON.parse(text) as { type: string; code?: string })
    .filter((message) => message.type === 'error')
    .map((message) => message.code)

test('hostile clients are told what is wrong, and a call in progress does not notice', async ({ server, room, open, enter }) => {
  test.setTimeout(180_000)
  const a = await enter(alice)
  const b = await enter(bob)
  await a.sees(bob)
  await b.sees(alice)
  const victim = await a.tile(bob).getAttribute('data-participant')
  const stranger = await open(carol)
  await stranger.page.goto(`${server.url}/livez`)
  const join = JSON.stringify({ type: 'join', protocol: 1, room_id: room, client: { name: 'mallory', version: '1' } })

  expect(codes(await speak(stranger.page, ['not json']))).toContain('bad_message')
  expect(codes(await speak(stranger.page, [[1, 2, 3]]))).toContain('bad_message')
  expect(codes(await speak(stranger.page, [JSON.stringify({ type: 'chat_message', text: 'hi' })]))).toContain('join_required')
  const large = JSON.stringify({ type: 'chat_message', text: 'x'.repeat(10 << 20) })
  expect(codes(await speak(stranger.page, [large]))).toContain('too_large')
  expect(codes(await speak(stranger.page, [join, join]))).toContain('already_joined')

  const forged = [
    { type: 'mute_audio', from: victim },
    { type: 'leave_all', participant: victim },
    { type: 'set_track', track: 't_1', muted: true },
    { type: 'unpublish', track: 't_1' },
    { type: 'offer', id: 'o', sdp: 'v=0\r\n'.padEnd(40_000, 'a=x\r\n'), tracks: [] },
  ].map((message) => JSON.stringify(message))
  // The join must be answered before the rest counts.
  const heard = await stranger.page.evaluate(
    ({ first, rest }) =>
      new Promise<string[]>((resolve) => {
        const heard: string[] = []
        const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/ws`)
        socket.onopen = () => {
          socket.send(first)
        }
        socket.onmessage = (event) => {
          heard.push(String(event.data))
          if (String(event.data).includes('"ready"')) for (const message of rest) socket.send(message)
        }
        setTimeout(() => {
          socket.close()
          resolve(heard)
        }, 2_000)
      }),
    { first: join, rest: forged },
  )
  expect(codes(heard)).toEqual(expect.arrayContaining(['unknown_type', 'unknown_track']))
  await expect(a.tile(bob)).toHaveAttribute('data-audio-muted', 'false')
  await a.sees(bob)
  await b.sees(alice)
  expect(await a.tile(bob).getAttribute('data-participant')).toBe(victim)
})

test('silent and slow TCP connections block nobody', async ({ server, enter }) => {
  const port = Number(new URL(server.url).port)
  const sockets: Socket[] = []
  for (let count = 0; count < 40; count++) {
    const socket = connect({ host: '127.0.0.1', port })
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    if (count % 2 === 0) socket.write('GET /ws HTTP/1.1\r\nHost: x\r\n')
    sockets.push(socket)
  }
  const a = await enter(alice)
  const b = await enter(bob)
  await a.sees(bob)
  await b.sees(alice)
  for (const socket of sockets) socket.destroy()
})

test('garbage on the media port gets no answer and disturbs no call', async ({ server, enter }) => {
  const a = await enter(alice)
  const b = await enter(bob)
  await a.sees(bob)
  const socket = createSocket('udp4')
  let answers = 0
  socket.on('message', () => answers++)
  // By the first byte: STUN, DTLS, RTP and RTCP look-alikes, and nothing known.
  const kinds = [0x00, 0x01, 0x16, 0x80, 0x81, 0xc8, 0x40, 0xff]
  for (let round = 0; round < 400; round++) {
    const length = (round * 37) % 1_600
    const datagram = Buffer.alloc(length, (round * 101) % 256)
    if (length > 0) datagram[0] = kinds[round % kinds.length] ?? 0
    if (length > 20 && round % 2 === 0) datagram.writeUInt32BE(0x2112a442, 4)
    await new Promise((resolve) => socket.send(datagram, server.udpPort, '127.0.0.1', resolve))
  }
  await a.sees(bob)
  await b.sees(alice)
  expect(await server.metric('seameet_media_packets_dropped_total')).toBeGreaterThan(300)
  expect(answers).toBe(0)
  socket.close()
})
