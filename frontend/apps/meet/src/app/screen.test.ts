import type { Connection } from '@seameet/client'
import { SeameetError } from '@seameet/client'
import { expect, test } from 'vitest'
import { screenOf } from './screen.ts'

const FULL = new SeameetError('connect/room-full', 'full')

test.each(['live', 'recovering', 'waiting'] as const)('%s is the call', (state) => {
  expect(screenOf(connection({ state }), null, 'lobby')).toBe('call')
})

test('before the first join there is the lobby', () => {
  expect(screenOf(connection({ state: 'idle' }), null, 'lobby')).toBe('lobby')
})

test.each(['lobby', 'ended', 'problem'] as const)('while joining, the %s that asked for it stays', (last) => {
  expect(screenOf(connection({ state: 'connecting' }), null, last)).toBe(last)
})

test('leaving and losing a call end it, a refusal is a problem', () => {
  expect(screenOf(connection({ state: 'ended', reason: 'left' }), null, 'call')).toBe('ended')
  expect(screenOf(connection({ state: 'ended', reason: 'gave-up', error: FULL }), null, 'call')).toBe('ended')
  expect(screenOf(connection({ state: 'ended', reason: 'refused', error: FULL }), null, 'lobby')).toBe('problem')
})

test('giving up on joining leads back to the page that asked for it', () => {
  expect(screenOf(connection({ state: 'ended', reason: 'left' }), null, 'lobby')).toBe('lobby')
  expect(screenOf(connection({ state: 'ended', reason: 'left' }), null, 'problem')).toBe('problem')
})

test('a server that could never be reached is a problem with getting in, not the end of a call', () => {
  const gaveUp = connection({ state: 'ended', reason: 'gave-up', error: new SeameetError('connect/unreachable', 'no') })
  expect(screenOf(gaveUp, null, 'lobby')).toBe('problem')
  expect(screenOf(gaveUp, null, 'problem')).toBe('problem')
  expect(screenOf(gaveUp, null, 'ended')).toBe('ended')
})

test('an end that was gone on from leads to the lobby, the next end does not', () => {
  const end = connection({ state: 'ended', reason: 'left' })
  expect(screenOf(end, end, 'ended')).toBe('lobby')
  expect(screenOf({ ...end }, end, 'call')).toBe('ended')
})

function connection(parts: Partial<Connection>): Connection {
  return {
    state: 'idle',
    reason: null,
    signal: 'down',
    media: 'down',
    attempt: 0,
    retryAt: null,
    error: null,
    message: null,
    ...parts,
  }
}
