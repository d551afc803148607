import type { Connection } from '@seameet/client'
import { expect, test } from 'vitest'
import { en } from '../../i18n/en.ts'
import { bannerOf } from './banner.ts'

const texts = en.connection

test.each(['idle', 'connecting', 'live', 'ended'] as const)('nothing is said while %s', (state) => {
  expect(bannerOf(connection({ state }), texts, 0)).toBeUndefined()
})

test('with the signal alone down, it says that one can still be heard', () => {
  const banner = bannerOf(connection({ signal: 'down', media: 'up', reason: 'socket-closed' }), texts, 0)
  expect(banner).toMatchObject({ tone: 'warning', title: texts.signalDown, hint: texts.stillHeard })
})

test('with media down, it does not claim that one can be heard', () => {
  const banner = bannerOf(connection({ signal: 'up', media: 'down', reason: 'media-lost' }), texts, 0)
  expect(banner).toMatchObject({ tone: 'danger', title: texts.mediaDown, hint: texts.mediaHint })
})

test('media that is being restored does not count as there', () => {
  expect(bannerOf(connection({ signal: 'down', media: 'pending' }), texts, 0)?.title).toBe(texts.bothDown)
})

test('offline is named, unless media still flows', () => {
  expect(bannerOf(connection({ reason: 'offline', signal: 'down' }), texts, 0)?.title).toBe(texts.offline)
  expect(bannerOf(connection({ reason: 'offline', signal: 'down', media: 'up' }), texts, 0)?.hint).toBe(texts.stillHeard)
})

test('the next attempt is counted down, then it is under way', () => {
  const waiting = connection({ state: 'waiting', retryAt: 10_000, attempt: 3 })
  expect(bannerOf(waiting, texts, 6_500)?.progress).toBe(texts.next(4))
  expect(bannerOf(waiting, texts, 10_000)?.progress).toBe(texts.attempt(3))
  expect(bannerOf(connection({ attempt: 1 }), texts, 0)?.progress).toBe(texts.trying)
})

function connection(parts: Partial<Connection>): Connection {
  return {
    state: 'recovering',
    reason: null,
    signal: 'down',
    media: 'down',
    attempt: 1,
    retryAt: null,
    error: null,
    message: null,
    ...parts,
  }
}
