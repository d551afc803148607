import { expect, test } from '../src/fixtures.ts'
import { rich } from '../src/media-files.ts'
import { people, type Person } from '../src/person.ts'
import { type Report, reports } from '../src/reports.ts'

const { alice, bob } = people

/** What somebody's camera sends, by the name of the encoding. */
async function sent(person: Person): Promise<Record<string, number>> {
  const lines = (await reports(person.page)).filter((entry: Report) => entry.type === 'outbound-rtp' && entry.kind === 'video')
  return Object.fromEntries(lines.map(({ rid, framesSent }) => [rid ?? '', framesSent ?? 0]))
}

/** Frames of an encoding that are sent within a second. */
async function sentNow(person: Person, rid: string): Promise<number> {
  const before = await sent(person)
  await person.page.waitForTimeout(1_000)
  return ((await sent(person))[rid] ?? 0) - (before[rid] ?? 0)
}

test('a camera is sent in three sizes, and a tile gets the one that fits it', async ({ enter }) => {
  test.setTimeout(180_000)
  const a = await enter(alice, { picture: rich })
  const b = await enter(bob)
  await b.sees(alice)
  expect(Object.keys(await sent(a)).sort()).toEqual(['f', 'h', 'q'])
  await expect.poll(() => b.heights(), { message: 'a large tile', timeout: 40_000 }).toEqual([540])
  await b.page.setViewportSize({ width: 320, height: 300 })
  await expect.poll(async () => Math.max(...(await b.heights())), { message: 'a small tile' }).toBeLessThan(540)
  await b.sees(alice)
  await b.page.setViewportSize({ width: 1100, height: 750 })
  await expect.poll(() => b.heights(), { message: 'a large tile again' }).toEqual([540])
  await b.sees(alice)
})

test('what nobody looks at is not sent, and comes back when somebody does', async ({ enter }) => {
  test.setTimeout(180_000)
  const a = await enter(alice, { picture: rich })
  const b = await enter(bob)
  await b.sees(alice)
  await expect.poll(() => b.heights(), { timeout: 40_000 }).toEqual([540])
  const show = (display: string): Promise<void> =>
    b.tile(alice).evaluate((tile, value) => {
      tile.style.display = value
    }, display)
  await show('none')
  await expect.poll(() => sentNow(a, 'f'), { message: 'the large encoding rests' }).toBe(0)
  await show('')
  await expect.poll(() => sentNow(a, 'f'), { message: 'and is sent again', timeout: 5_000 }).toBeGreaterThan(3)
  await b.sees(alice)
})
