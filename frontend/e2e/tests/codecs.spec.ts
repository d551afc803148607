import { expect, test } from '../src/fixtures.ts'
import { people } from '../src/person.ts'
import { Server } from '../src/server.ts'

const { alice, bob, carol } = people

for (const codec of ['vp9', 'h264', 'av1']) {
  test(`faces arrive as ${codec}, late joiners' too`, async ({ room, open, browsers }) => {
    test.skip(codec === 'h264' && browsers !== 'chromium', 'Firefox has H.264 only with a plugin that it downloads')
    const server = await Server.start(['--dev', '--video-codecs', codec])
    try {
      const a = await open(alice)
      const b = await open(bob)
      await a.join(server.roomUrl(room))
      await b.join(server.roomUrl(room))
      await a.sees(bob)
      await b.sees(alice)
      const c = await open(carol)
      await c.join(server.roomUrl(room), { camera: false })
      await c.sees(alice)
      await c.sees(bob)
      expect(await c.codecs()).toEqual([`video/${codec.toUpperCase()}`])
      expect(a.complaints).toEqual([])
    } finally {
      await server.stop()
    }
  })
}
