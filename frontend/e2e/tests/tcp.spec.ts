import { expect, test } from '../src/fixtures.ts'
import { withoutUdp } from '../src/page-scripts.ts'
import { type Person, people } from '../src/person.ts'

const { alice, bob } = people

test.skip(({ browsers }) => browsers !== 'chromium', 'the port of the page is on the loopback, where Firefox sends no media')

async function enterWithoutUdp(person: Person, url: string): Promise<void> {
  await person.page.addInitScript(withoutUdp)
  await person.join(url)
}

test('who has no UDP takes part over TCP, on the port of the page', async ({ open, enter, server, room }) => {
  const a = await open(alice)
  await enterWithoutUdp(a, server.roomUrl(room))
  const b = await enter(bob)
  await a.sees(bob)
  await b.sees(alice)
  await a.hears([alice, bob], [bob])
  await b.hears([alice, bob], [alice])
  expect(await server.metric('seameet_media_tcp_connections')).toBe(1)
  expect(a.complaints).toEqual([])
})

test('two without UDP talk over TCP alone', async ({ open, server, room }) => {
  const [a, b] = [await open(alice), await open(bob)]
  await enterWithoutUdp(a, server.roomUrl(room))
  await enterWithoutUdp(b, server.roomUrl(room))
  await a.sees(bob)
  await b.sees(alice)
  expect(await server.metric('seameet_media_tcp_connections')).toBe(2)
  // Read in this order, so that what comes in between does not look like UDP.
  const all = await server.metric('seameet_media_packets_received_total')
  expect(await server.metric('seameet_media_tcp_frames_received_total')).toBeGreaterThanOrEqual(all)
})
