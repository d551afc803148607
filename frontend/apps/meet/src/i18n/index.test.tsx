import { render } from '@testing-library/react'
import { expect, test } from 'vitest'
import { en } from './en.ts'
import { clock, counted } from './format.ts'
import { MessagesProvider, pickMessages, useMessages } from './index.tsx'

test('the document says which language it is in', () => {
  document.documentElement.lang = 'xx'
  const arabic = { ...en, language: 'ar', direction: 'rtl' as const }
  const { container } = render(
    <MessagesProvider messages={arabic}>
      <Probe />
    </MessagesProvider>,
  )
  expect(container.textContent).toBe('ar')
  expect(document.documentElement.lang).toBe('ar')
  expect(document.documentElement.dir).toBe('rtl')
})

test('a regional language falls back to its base, an unknown one to English', () => {
  expect(pickMessages(['en-GB'])).toBe(en)
  expect(pickMessages(['tlh', 'en'])).toBe(en)
  expect(pickMessages([])).toBe(en)
})

test('counts choose the plural form', () => {
  expect(en.room.count(1)).toBe('1 person')
  expect(en.room.count(12)).toBe('12 people')
  expect(counted('en', 1234, { other: '# people' })).toBe('1,234 people')
})

test('a clock shows hours only when there are any', () => {
  expect(clock(0)).toBe('0:00')
  expect(clock(69_000)).toBe('1:09')
  expect(clock(3_849_000)).toBe('1:04:09')
  expect(clock(-5)).toBe('0:00')
})

function Probe() {
  return useMessages().language
}
