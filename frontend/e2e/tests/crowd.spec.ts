import { expect, test } from '../src/fixtures.ts'
import { people, type Person } from '../src/person.ts'

const { alice, bob } = people
const crowd = 11

test('twelve people: everybody gets a tile, and whoever turns the camera on is seen', async ({ server, room, enter }) => {
  test.setTimeout(420_000)
  const first = await enter(alice)
  // Lines stay when devices are off, and twelve silent pages leave the processor to those that are looked at.
  const rest = async (person: Person): Promise<void> => {
    await person.setCamera(false)
    await person.setMicrophone(false)
  }
  await rest(first)
  const others: Person[] = []
  for (let number = 1; number < crowd; number++) {
    const person = await first.neighbour({ ...alice, name: `Guest ${number}` })
    await person.join(server.roomUrl(room))
    await rest(person)
    others.push(person)
  }
  const b = await enter(bob)
  await expect(b.page.getByTestId('tile')).toHaveCount(crowd + 1)
  await first.sees(bob)
  const last = others.at(-1)
  const early = others[0]
  if (last === undefined || early === undefined) throw new Error('nobody came')
  await last.sees(bob)
  await last.setCamera(true)
  await b.sees(last.identity)
  await early.sees(last.identity)
  await expect(b.tile(early.identity)).toHaveAttribute('data-video-muted', 'true')
  // Every member's line exists: the description that asks for them all was taken.
  const media = await b.page.evaluate(() => [...(window.seameetSounds ?? [])].filter((sound) => !sound.paused).length)
  expect(media).toBeGreaterThanOrEqual(crowd)
  expect([...first.complaints, ...b.complaints, ...last.complaints]).toEqual([])
})
