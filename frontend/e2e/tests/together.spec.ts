import { expect, test } from '../src/fixtures.ts'
import { colours } from '../src/media-files.ts'
import { people } from '../src/person.ts'

const { alice, bob, carol } = people

test('a shared screen is seen by those who are there and by those who come', async ({ enter }) => {
  test.setTimeout(150_000)
  const a = await enter(alice)
  const b = await enter(bob)
  await b.sees(alice)
  await a.page.getByTestId('screen-button').click()
  await b.sees(alice, colours.yellow, 'screen')
  await b.sees(alice)
  const c = await enter(carol)
  await c.sees(alice, colours.yellow, 'screen')
  await c.sees(alice)
  await a.page.getByTestId('screen-button').click()
  await expect(b.tile(alice, 'screen')).toHaveCount(0)
  await expect(c.tile(alice, 'screen')).toHaveCount(0)
  await b.sees(alice)
})

test('chat reaches everybody in order, late joiners too, and links are safe', async ({ enter }) => {
  const a = await enter(alice)
  const b = await enter(bob)
  await a.say('first <b>bold</b>')
  await b.say('second https://example.org/x')
  await expect(a.page.getByText('second')).toBeVisible()
  const c = await enter(carol)
  await c.page.getByTestId('chat-button').click()
  await expect(c.page.getByText('first <b>bold</b>')).toBeVisible()
  await expect(c.page.getByText('second')).toBeVisible()
  const link = c.page.getByRole('link', { name: 'https://example.org/x' })
  await expect(link).toHaveAttribute('rel', /noopener/)
  await expect(link).toHaveAttribute('target', '_blank')
})

test('a message that nobody looked at is counted on the chat button', async ({ enter }) => {
  const a = await enter(alice)
  const b = await enter(bob)
  await b.sees(alice)
  await b.say('are you there?')
  await expect(a.page.getByTestId('unread-badge')).toHaveText('1')
  await a.page.getByTestId('chat-button').click()
  await expect(a.page.getByText('are you there?')).toBeVisible()
  await expect(a.page.getByTestId('unread-badge')).toHaveCount(0)
})
