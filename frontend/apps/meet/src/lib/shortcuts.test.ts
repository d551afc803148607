import { beforeEach, expect, test } from 'vitest'
import type { Keystroke } from './shortcuts.ts'
import { shortcutOf } from './shortcuts.ts'

beforeEach(() => {
  document.body.innerHTML = ''
})

test.each([
  ['m', 'microphone'],
  ['v', 'camera'],
  ['c', 'chat'],
  ['s', 'screen'],
  ['h', 'hand'],
  ['?', 'help'],
  ['M', 'microphone'],
])('%s means %s', (key, action) => {
  expect(shortcutOf(stroke({ key }))).toBe(action)
})

test.each(['x', 'Enter', ' ', 'Tab'])('%j means nothing', (key) => {
  expect(shortcutOf(stroke({ key }))).toBeUndefined()
})

test.each([{ ctrlKey: true }, { metaKey: true }, { altKey: true }])('a chord is left to the browser: %j', (held) => {
  expect(shortcutOf(stroke({ key: 'm', ...held }))).toBeUndefined()
})

test('a held key acts once', () => {
  expect(shortcutOf(stroke({ key: 'm', repeat: true }))).toBeUndefined()
})

test('a key that somebody else handled is left alone', () => {
  expect(shortcutOf(stroke({ key: 'm', defaultPrevented: true }))).toBeUndefined()
  expect(shortcutOf(stroke({ key: 'm', isComposing: true }))).toBeUndefined()
})

test.each([
  '<input>',
  '<input type="search">',
  '<textarea></textarea>',
  '<select><option>a</option></select>',
  '<div contenteditable="true"></div>',
  '<div contenteditable="true"><b class="inner"></b></div>',
  '<div role="menu"><button class="inner"></button></div>',
  '<div role="dialog"><button class="inner"></button></div>',
])('letters belong to %s', (html) => {
  expect(shortcutOf(stroke({ key: 'm', target: element(html) }))).toBeUndefined()
})

test.each(['<button></button>', '<input type="checkbox">', '<div contenteditable="false"></div>', '<a href="#">x</a>'])(
  'letters act while %s has the focus',
  (html) => {
    expect(shortcutOf(stroke({ key: 'm', target: element(html) }))).toBe('microphone')
  },
)

function element(html: string): Element | null {
  document.body.innerHTML = html
  return document.querySelector('.inner') ?? document.body.firstElementChild
}

function stroke(parts: Partial<Keystroke>): Keystroke {
  return {
    key: '',
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    repeat: false,
    isComposing: false,
    defaultPrevented: false,
    target: document.body,
    ...parts,
  }
}
