/** Fills an array with random bytes; `crypto.getRandomValues` in the browser. */
export type RandomBytes = (into: Uint8Array<ArrayBuffer>) => unknown

/** Digits and consonants that cannot be taken for one another; no vowels, so that no link spells a word. */
export const ROOM_ALPHABET = '23456789bcdfghjkmnpqrstvwxyz'
const GROUPS = 5
const GROUP_LENGTH = 4

/** Bits of entropy in a generated room name: each of the 20 symbols is drawn evenly from 28. */
export const ROOM_ENTROPY_BITS = GROUPS * GROUP_LENGTH * Math.log2(ROOM_ALPHABET.length)

/**
 * Draws a room name such as `k7wm-3xqd-9vtf-hr2n-p8cy`. Whoever knows the name may enter an open room, so the name
 * is the key and must not be guessable.
 */
export function generateRoomName(random: RandomBytes = (into) => crypto.getRandomValues(into)): string {
  const symbols: string[] = []
  while (symbols.length < GROUPS * GROUP_LENGTH) symbols.push(...drawSymbols(random))
  const groups = Array.from({ length: GROUPS }, (_, at) =>
    symbols.slice(at * GROUP_LENGTH, (at + 1) * GROUP_LENGTH).join(''),
  )
  return groups.join('-')
}

/** Bytes at or above the largest multiple of the alphabet are thrown away: a plain modulo would favour some symbols. */
function drawSymbols(random: RandomBytes): string[] {
  const size = ROOM_ALPHABET.length
  const fair = 256 - (256 % size)
  const bytes = new Uint8Array(32)
  random(bytes)
  return [...bytes].filter((byte) => byte < fair).map((byte) => ROOM_ALPHABET.charAt(byte % size))
}

const ROOM_PATTERN = /^[A-Za-z0-9_.:-]{1,64}$/

/** Whether the server would accept this as a room id. */
export function isRoomName(text: string): boolean {
  return ROOM_PATTERN.test(text)
}
