import { expect, test } from 'vitest'
import { en } from '../i18n/en.ts'
import type { Fact } from './announcer.ts'
import { Announcer, GATHER_MS } from './announcer.ts'

const ANA = { key: 'a', name: 'Ana' }
const BEN = { key: 'b', name: 'Ben' }
const CLEO = { key: 'c', name: 'Cleo' }

test('one person who joins is named, after a moment', () => {
  const announcer = told([{ kind: 'joined', who: ANA }])
  expect(announcer.poll(GATHER_MS - 1)).toBeUndefined()
  expect(announcer.poll(GATHER_MS)).toEqual({ politeness: 'polite', text: 'Ana joined' })
  expect(announcer.poll(GATHER_MS)).toBeUndefined()
})

test('two are named together, three are counted', () => {
  expect(texts(told([joined(ANA), joined(BEN)]))).toEqual(['Ana and Ben joined'])
  expect(texts(told([joined(ANA), joined(BEN), joined(CLEO)]))).toEqual(['3 people joined'])
})

test('whoever comes and goes at once is not mentioned', () => {
  expect(texts(told([joined(ANA), { kind: 'left', who: ANA }]))).toEqual([])
})

test('a reconnect that looks like leaving and joining is not mentioned', () => {
  expect(texts(told([{ kind: 'left', who: ANA }, joined(ANA), joined(BEN)]))).toEqual(['Ben joined'])
})

test('the same fact twice is one fact, but two messages of one person are two', () => {
  expect(texts(told([joined(ANA), joined(ANA)]))).toEqual(['Ana joined'])
  expect(texts(told([message(ANA), message(ANA)]))).toEqual(['2 new messages'])
})

test('a lost connection is said at once and interrupts', () => {
  const announcer = told([joined(ANA), { kind: 'lost' }])
  expect(announcer.poll(0)).toEqual({ politeness: 'assertive', text: en.announce.lost })
  expect(announcer.poll(0)).toBeUndefined()
})

test('later facts do not postpone a sentence', () => {
  const announcer = new Announcer(en.announce)
  announcer.handle(joined(ANA), 0)
  announcer.handle(joined(BEN), GATHER_MS - 1)
  expect(announcer.nextDue()).toBe(GATHER_MS)
  expect(announcer.poll(GATHER_MS)?.text).toBe('Ana and Ben joined')
  expect(announcer.nextDue()).toBeUndefined()
})

test('kinds do not mix', () => {
  expect(
    texts(
      told([joined(ANA), { kind: 'hand', who: BEN }, { kind: 'share-started', who: CLEO }, { kind: 'left', who: BEN }]),
    ).sort(),
  ).toEqual(['Ana joined', 'Ben left', 'Ben raised a hand', 'Cleo is sharing a screen'])
})

function joined(who: typeof ANA): Fact {
  return { kind: 'joined', who }
}

function message(who: typeof ANA): Fact {
  return { kind: 'message', who }
}

function told(facts: readonly Fact[]): Announcer {
  const announcer = new Announcer(en.announce)
  for (const fact of facts) announcer.handle(fact, 0)
  return announcer
}

function texts(announcer: Announcer): string[] {
  const said: string[] = []
  for (let next = announcer.poll(GATHER_MS); next !== undefined; next = announcer.poll(GATHER_MS)) said.push(next.text)
  return said
}
