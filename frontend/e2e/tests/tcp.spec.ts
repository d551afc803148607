import { expect, test } from '../src/fixtures.ts'
import { withoutUdp } from '../src/page-scripts.ts'
import { type Person, people } from '../src/person.ts'
import { route } from '../src/reports.ts'
import { Server, everywhere, ownAddress } from '../src/server.ts'

const { alice, bob } = people

/** A server whose port of the page every browser reaches, and with media too. It tells one address, so that each connects once. */
async function withServer(run: (server: Server) => Promise<void>): Promise<void> {
  const server = await Server.start(['--dev', '--public-ip', ownAddress], everywhere)
  try {
    await run(server)
  } finally {
    await server.stop()
  }
}

async function enterWithoutUdp(person: Person, url: string): Promise<void> {
  await person.page.addInitScript(withoutUdp)
  await person.join(url)
}

test('who has no UDP takes part over TCP, on the port of the page', async ({ open, room }) => {
  await withServer(async (server) => {
    const a = await open(alice)
    await enterWithoutUdp(a, server.roomUrl(room))
    const b = await open(bob)
    await b.join(server.roomUrl(room))
    await a.sees(bob)
    await b.sees(alice)
    await a.hears([alice, bob], [bob])
    await b.hears([alice, bob], [alice])
    expect(await route(a.page)).toMatchObject({ local: { protocol: 'tcp' }, remote: { protocol: 'tcp' } })
    expect(await server.metric('seameet_media_tcp_connections')).toBe(1)
    expect(a.complaints).toEqual([])
  })
})

test('two without UDP talk over TCP alone', async ({ open, room }) => {
  await withServer(async (server) => {
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
})
