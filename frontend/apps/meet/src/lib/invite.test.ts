import { expect, test } from 'vitest'
import { inviteLink, pathOfRoom, readInvite, roomFromInput } from './invite.ts'

test('a link names its room', () => {
  expect(readInvite('https://meet.example/r/team-1')).toEqual({ room: 'team-1', token: undefined, cleaned: undefined })
})

test('a token in the fragment is read and taken out of the address', () => {
  expect(readInvite('https://meet.example/r/team#token=abc.def')).toEqual({
    room: 'team',
    token: 'abc.def',
    cleaned: '/r/team',
  })
})

test('a token in the query is read and taken out, the rest of the query stays', () => {
  expect(readInvite('https://meet.example/r/team?token=abc&lang=en')).toEqual({
    room: 'team',
    token: 'abc',
    cleaned: '/r/team?lang=en',
  })
})

test('the fragment wins over the query and both are removed', () => {
  expect(readInvite('https://meet.example/r/team?token=query#token=fragment')).toEqual({
    room: 'team',
    token: 'fragment',
    cleaned: '/r/team',
  })
})

test('an empty token is no token, but is still removed', () => {
  expect(readInvite('https://meet.example/r/team#token=')).toEqual({
    room: 'team',
    token: undefined,
    cleaned: '/r/team',
  })
})

test.each(['https://m.example/', 'https://m.example/r/', 'https://m.example/r/a%2Fb', 'https://m.example/r/%E0%A4%A'])(
  '%s names no room',
  (address) => {
    expect(readInvite(address).room).toBeUndefined()
  },
)

test('an invitation carries no token', () => {
  expect(inviteLink('https://meet.example', 'team-1')).toBe('https://meet.example/r/team-1')
  expect(pathOfRoom('a:b')).toBe('/r/a%3Ab')
})

test.each([
  ['k7wm-3xqd', 'k7wm-3xqd'],
  ['  team ', 'team'],
  ['https://meet.example/r/team#token=x', 'team'],
  ['meet.example/r/team', 'team'],
  ['https://meet.example/', undefined],
  ['two words', undefined],
  ['', undefined],
])('pasting %j means room %j', (text, room) => {
  expect(roomFromInput(text)).toBe(room)
})
