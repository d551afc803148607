import { expect, test } from 'vitest'
import { linkify } from './linkify.ts'

test('text without an address stays one piece', () => {
  expect(linkify('Good morning')).toEqual([{ text: 'Good morning' }])
  expect(linkify('')).toEqual([])
})

test('an address becomes a link and the sentence around it stays text', () => {
  expect(linkify('See https://example.org/a?b=c, then call.')).toEqual([
    { text: 'See ' },
    { text: 'https://example.org/a?b=c', href: 'https://example.org/a?b=c' },
    { text: ', then call.' },
  ])
})

test('a bracket that the address opened stays with it', () => {
  expect(linkify('https://example.org/Sea_(water)')).toEqual([
    { text: 'https://example.org/Sea_(water)', href: 'https://example.org/Sea_(water)' },
  ])
  expect(linkify('(https://example.org)')[1]).toEqual({ text: 'https://example.org', href: 'https://example.org/' })
})

test.each(['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'ftp://example.org', 'www.example.org'])(
  '%s is no link',
  (text) => {
    expect(linkify(text)).toEqual([{ text }])
  },
)

test('an address that hides its host behind a user name is no link', () => {
  expect(linkify('https://bank.example@evil.example/')).toEqual([{ text: 'https://bank.example@evil.example/' }])
})

test('markup is text', () => {
  expect(linkify('<img src=x onerror=alert(1)>')).toEqual([{ text: '<img src=x onerror=alert(1)>' }])
})

test('an address cannot carry a quote out of its attribute', () => {
  expect(linkify('https://example.org/"onmouseover="x')[0]).toEqual({
    text: 'https://example.org/',
    href: 'https://example.org/',
  })
})
