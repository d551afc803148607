/** One or two letters that stand for a name on an avatar, whole characters of any script. */
export function initials(name: string): string {
  const words = name.trim().split(/[\s\-_.]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word))
  const first = firstLetter(words[0])
  const last = words.length > 1 ? firstLetter(words[words.length - 1]) : ''
  return (first + last).toLocaleUpperCase()
}

/** A stable number from 0 up to `count` for a text, to give each person a colour of their own. */
export function shadeOf(text: string, count: number): number {
  let sum = 0
  for (const character of text) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0
  return sum % count
}

function firstLetter(word: string | undefined): string {
  const letters = word?.match(/[\p{L}\p{N}]\p{M}*/u)
  return letters?.[0] ?? ''
}
