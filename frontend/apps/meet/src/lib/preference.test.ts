import { expect, test } from 'vitest'
import type { Memory } from './preference.ts'
import { createPreference, isSwitch, isText } from './preference.ts'
import { applyTheme, preferences } from './preferences.ts'

test('a preference is remembered', () => {
  const memory = createMemory()
  createPreference('name', '', isText, () => memory).set('Ana')
  expect(createPreference('name', '', isText, () => memory).get()).toBe('Ana')
})

test.each(['{', '"text"', '7', 'null'])('a stored value of another kind counts as none: %s', (stored) => {
  const memory = createMemory({ 'seameet.mirror': stored })
  expect(createPreference('mirror', true, isSwitch, () => memory).get()).toBe(true)
})

test('a browser that forbids storage only forgets', () => {
  const forbidden = () => {
    throw new Error('denied')
  }
  const preference = createPreference('name', 'none', isText, forbidden)
  preference.set('Ana')
  expect(preference.get()).toBe('Ana')
})

test('listeners hear of changes, and only of changes', () => {
  const memory = createMemory()
  const preference = createPreference('mirror', true, isSwitch, () => memory)
  let calls = 0
  const stop = preference.subscribe(() => (calls += 1))
  preference.set(true)
  preference.set(false)
  stop()
  preference.set(true)
  expect(calls).toBe(1)
})

test('the chosen theme is written on the document and taken off again', () => {
  const root = document.createElement('html')
  const stop = applyTheme(root)
  expect(root.dataset.theme).toBeUndefined()
  preferences.theme.set('dark')
  expect(root.dataset.theme).toBe('dark')
  preferences.theme.set('system')
  expect(root.dataset.theme).toBeUndefined()
  stop()
})

function createMemory(initial: Record<string, string> = {}): Memory {
  const values = new Map(Object.entries(initial))
  return {
    getItem: (name) => values.get(name) ?? null,
    setItem: (name, value) => void values.set(name, value),
    removeItem: (name) => void values.delete(name),
  }
}
