import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test } from '../src/fixtures.ts'
import { people } from '../src/person.ts'

const { alice, bob } = people
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

test('the quality panel tells the size of a picture and why, and axe finds nothing', async ({ enter }) => {
  test.setTimeout(120_000)
  const a = await enter(alice)
  const b = await enter(bob)
  await b.sees(alice)
  await a.sees(bob)
  await b.page.getByTestId('more-button').click()
  await b.page.getByRole('menuitem', { name: /quality/i }).click()
  const panel = b.page.getByRole('dialog')
  const row = panel.getByRole('listitem').filter({ hasText: alice.name })
  await expect(row).toContainText(/\d+ × \d+/)
  await expect(row).toHaveAttribute('data-cause', /^(full|size|bandwidth|publisher)$/)
  await b.page.evaluate(axe)
  const broken = await b.page.evaluate(async () => {
    interface Axe {
      run: (on: string) => Promise<{ violations: { id: string }[] }>
    }
    const { violations } = await (window as unknown as { axe: Axe }).axe.run('[role=dialog]')
    return violations.map(({ id }) => id)
  })
  expect(broken).toEqual([])
})
