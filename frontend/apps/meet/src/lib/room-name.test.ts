import { expect, test } from 'vitest'
import { generateRoomName, isRoomName, ROOM_ALPHABET, ROOM_ENTROPY_BITS } from './room-name.ts'

test('a generated name carries at least 80 bits', () => {
  expect(ROOM_ENTROPY_BITS).toBeGreaterThanOrEqual(80)
})

test('a generated name reads in groups and is a valid room id', () => {
  const name = generateRoomName()
  expect(name).toMatch(/^[2-9b-z]{4}(-[2-9b-z]{4}){4}$/)
  expect(isRoomName(name)).toBe(true)
})

test('names use no symbol that could be misread and no vowel', () => {
  for (const misleading of '01aeilou') expect(ROOM_ALPHABET).not.toContain(misleading)
  expect(new Set(ROOM_ALPHABET).size).toBe(ROOM_ALPHABET.length)
})

test('every symbol is equally likely', () => {
  const seen = new Map<string, number>()
  const random = seededBytes(7)
  for (let round = 0; round < 3000; round++) {
    for (const symbol of generateRoomName(random).replaceAll('-', '')) seen.set(symbol, (seen.get(symbol) ?? 0) + 1)
  }
  const counts = [...seen.values()]
  expect(seen.size).toBe(ROOM_ALPHABET.length)
  expect(Math.max(...counts) / Math.min(...counts)).toBeLessThan(1.2)
})

test('bytes that would favour some symbols are thrown away', () => {
  const script = [252, 253, 254, 255, 0]
  let next = 0
  const random = (into: Uint8Array) => into.forEach((_, at) => (into[at] = script[next++ % script.length] ?? 0))
  expect(generateRoomName(random)).toBe('2222-2222-2222-2222-2222')
})

test('two names differ', () => {
  expect(generateRoomName()).not.toBe(generateRoomName())
})

/** A small generator with a seed (mulberry32), so that the counts above are the same in every run. */
function seededBytes(seed: number) {
  let state = seed
  return (into: Uint8Array) =>
    into.forEach((_, at) => {
      state = (state + 0x6d2b79f5) | 0
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
      into[at] = (mixed ^ (mixed >>> 14)) & 0xff
    })
}
