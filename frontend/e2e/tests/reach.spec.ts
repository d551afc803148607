import { networkInterfaces } from 'node:os'
import { expect, test } from '../src/fixtures.ts'
import { people } from '../src/person.ts'
import { route } from '../src/reports.ts'
import { Server } from '../src/server.ts'
import { TurnServer } from '../src/turn.ts'

const { alice, bob } = people
const everybody = Object.values(people)

test('somebody whose network lets nothing out but to a TURN server is in the call', async ({ room, open }, info) => {
  test.setTimeout(120_000)
  const missing = TurnServer.missing()
  if (missing !== null) process.stderr.write(`\nSKIPPED, NOT TESTED: ${info.title}: ${missing}\n`)
  test.skip(missing !== null, missing ?? '')
  const turn = await TurnServer.start()
  const server = await Server.start(['--dev', '--turn-urls', turn.url, '--turn-secret', turn.secret])
  try {
    const a = await open(alice, { relayOnly: true })
    const b = await open(bob)
    await a.join(server.roomUrl(room))
    await b.join(server.roomUrl(room))
    await a.sees(bob)
    await b.sees(alice)
    await a.hears(everybody, [bob])
    await b.hears(everybody, [alice])
    expect(await route(a.page)).toMatchObject({ local: { candidateType: 'relay' } })
    expect(await route(b.page)).toMatchObject({ local: { candidateType: 'host' } })
  } finally {
    await server.stop()
    await turn.stop()
  }
})

test('page, signaling and media go over IPv6', async ({ room, open, browsers }) => {
  test.setTimeout(120_000)
  const addresses = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).filter((own) => own.family === 'IPv6'))
  const outer = addresses.find((own) => !own.internal && !own.address.startsWith('fe80'))
  test.skip(addresses.length === 0, 'this machine has no IPv6')
  test.skip(outer === undefined && browsers !== 'chromium', 'Firefox sends no media to the loopback')
  const server = await Server.start(['--dev', '--public-ip', outer?.address ?? '::1'], '[::1]')
  try {
    const a = await open(alice)
    const b = await open(bob)
    await a.join(server.roomUrl(room))
    await b.join(server.roomUrl(room))
    await a.sees(bob)
    await b.sees(alice)
    for (const person of [a, b]) expect((await route(person.page))?.remote.address).toContain(':')
  } finally {
    await server.stop()
  }
})
