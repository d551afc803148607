import { expect, test } from 'vitest'
import { initials, shadeOf } from './initials.ts'

test.each([
  ['Ana', 'A'],
  ['Ana Sousa', 'AS'],
  ['Dr. Ana Maria Sousa', 'DS'],
  ['élodie', 'É'],
  ['山田 太郎', '山太'],
  ['e\u0301lan', 'E\u0301'],
  ['👋 Ben', 'B'],
  ['🙂', ''],
  ['', ''],
  ['jean-luc', 'JL'],
])('%j has the initials %j', (name, letters) => {
  expect(initials(name)).toBe(letters)
})

test('a shade is stable and within the range', () => {
  for (const name of ['Ana', 'Ben', '山田', '']) {
    expect(shadeOf(name, 6)).toBe(shadeOf(name, 6))
    expect(shadeOf(name, 6)).toBeGreaterThanOrEqual(0)
    expect(shadeOf(name, 6)).toBeLessThan(6)
  }
})
