import { expect, test } from '../src/fixtures.ts'
import { people, type } from '../src/person.ts'

const { alice, bob } = people
const everybody = Object.values(people)
const phone = { width: 390, height: 844 }

test('somebody who denies camera and microphone is told why and still joins', async ({ server, room, open, enter }) => {
  const denied = await open(alice, { devices: 'denied' })
  await denied.page.goto(server.roomUrl(room))
  await expect(denied.page.getByTestId('device-notice').first()).toBeVisible()
  await type(denied.page.getByTestId('name-input'), alice.name)
  await denied.page.getByTestId('join-button').click()
  const b = await enter(bob)
  await denied.sees(bob)
  await denied.hears(everybody, [bob])
  await b.seesAvatar(alice)
})

test('somebody without camera and microphone joins to listen', async ({ server, room, open, enter }) => {
  const b = await enter(bob)
  const without = await open(alice, { devices: 'missing' })
  await without.page.goto(server.roomUrl(room))
  await expect(without.page.getByTestId('device-notice').first()).toBeVisible()
  await type(without.page.getByTestId('name-input'), alice.name)
  await without.page.getByTestId('join-button').click()
  await without.sees(bob)
  await without.hears(everybody, [bob])
  await b.seesAvatar(alice)
})

test('a phone fits the call without scrolling', async ({ enter }) => {
  const a = await enter(alice, { viewport: phone })
  await enter(bob)
  await a.sees(bob)
  const overflow = await a.page.evaluate(() => ({
    across: document.documentElement.scrollWidth - innerWidth,
    down: document.documentElement.scrollHeight - innerHeight,
  }))
  expect(overflow).toEqual({ across: 0, down: 0 })
  await expect(a.page.getByTestId('leave-button')).toBeInViewport()
})

test('a new meeting gets a name that nobody can guess, and its link leads there', async ({ server, open }) => {
  test.setTimeout(120_000)
  const a = await open(alice)
  await a.page.goto(server.url)
  await type(a.page.getByTestId('name-input'), alice.name)
  await a.page.getByTestId('join-button').click()
  await expect(a.page).toHaveURL(/\/r\/[A-Za-z0-9_.:-]{16,64}/)
  const link = a.page.url()
  const b = await open(bob)
  await b.join(link)
  await b.sees(alice)
  await a.sees(bob)
})

test('nothing is asked of anybody but our own server', async ({ server, room, open }) => {
  const a = await open(alice)
  const foreign: string[] = []
  a.page.on('request', (request) => {
    const { protocol, host } = new URL(request.url())
    if (/^(http|ws)/.test(protocol) && host !== new URL(server.url).host) foreign.push(request.url())
  })
  await a.join(server.roomUrl(room))
  await expect(a.tile(alice)).toBeVisible()
  expect(foreign).toEqual([])
})
