import { expect, test } from '../src/fixtures.ts'
import { people } from '../src/person.ts'

const { alice, bob, carol } = people
const everybody = Object.values(people)

test('two people see and hear each other', async ({ enter }) => {
  const a = await enter(alice)
  const b = await enter(bob)
  await a.sees(bob)
  await b.sees(alice)
  await a.hears(everybody, [bob])
  await b.hears(everybody, [alice])
  expect(a.complaints).toEqual([])
})

test('five people: everybody sees the right face on every tile', async ({ crowdIn }) => {
  test.setTimeout(300_000)
  const here = []
  for (const who of everybody) here.push(await crowdIn(who))
  for (const person of here) {
    for (const other of everybody) {
      if (other.name !== person.identity.name) await person.sees(other)
    }
  }
  const [first, ...others] = here
  const sounds = others.map((person) => person.identity.hertz)
  await first?.hears(everybody, everybody.filter(({ hertz }) => sounds.includes(hertz)))
})

test('somebody who joins with the camera off shows an avatar, then a face', async ({ enter }) => {
  const a = await enter(alice)
  const b = await enter(bob, { camera: false })
  await b.sees(alice)
  await a.seesAvatar(bob)
  await a.hears(everybody, [bob])
  await b.setCamera(true)
  await a.sees(bob)
})

test('toggling camera and microphone changes nothing for anybody else', async ({ enter }) => {
  test.setTimeout(150_000)
  const a = await enter(alice)
  const b = await enter(bob)
  const c = await enter(carol)
  await a.sees(bob)
  await a.sees(carol)
  await b.setCamera(false)
  await b.setMicrophone(false)
  await a.seesAvatar(bob)
  await a.hears(everybody, [carol])
  await a.sees(carol)
  await c.sees(alice)
  await expect(a.tile(bob)).toHaveAttribute('data-audio-muted', 'true')
  await expect(a.tile(carol)).toHaveAttribute('data-audio-muted', 'false')
  await expect(a.tile(carol)).toHaveAttribute('data-video-muted', 'false')
  await b.setCamera(true)
  await b.setMicrophone(true)
  await a.sees(bob)
  await c.sees(bob)
  await a.hears(everybody, [bob, carol])
})

test('a late joiner sees and hears everybody who is there', async ({ enter }) => {
  test.setTimeout(150_000)
  const a = await enter(alice)
  const b = await enter(bob)
  await a.sees(bob)
  await b.sees(alice)
  const c = await enter(carol)
  await c.sees(alice)
  await c.sees(bob)
  await c.hears(everybody, [alice, bob])
  await a.sees(carol)
})

test('leaving removes the tile; a killed browser is missed after the grace period', async ({ enter }) => {
  const a = await enter(alice)
  const b = await enter(bob)
  const c = await enter(carol)
  await a.sees(bob)
  await a.sees(carol)
  await b.leave()
  // Less than the grace period: who says goodbye is not waited for.
  await expect(a.tile(bob)).toHaveCount(0, { timeout: 10_000 })
  await a.sees(carol)
  await c.close()
  await expect(a.tile(carol)).toHaveCount(0, { timeout: 40_000 })
})

test('two rooms on one server know nothing of each other', async ({ server, open }) => {
  test.setTimeout(150_000)
  const a = await open(alice)
  const b = await open(bob)
  const c = await open(carol)
  await a.join(server.roomUrl('one'))
  await b.join(server.roomUrl('one'))
  await c.join(server.roomUrl('two'))
  await a.sees(bob)
  await b.sees(alice)
  await c.say('hello from two')
  await a.seesNobodyCalled(carol)
  await c.seesNobodyCalled(alice)
  await c.hears(everybody, [])
  await a.hears(everybody, [bob])
  await expect(a.page.getByText('hello from two')).toHaveCount(0)
})
