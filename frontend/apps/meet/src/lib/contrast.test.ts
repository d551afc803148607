import { expect, test } from 'vitest'
import css from '../styles/tokens.css?raw'

// The palette is read from the stylesheet itself, so that what is checked is what ships.
const tokens = readTokens(css)

/** Text and what it stands on; 4.5 to 1 is what WCAG 2.2 asks of text, 3 to 1 of edges and signs. */
const PAIRS: readonly [string, string, number][] = [
  ...['page', 'surface', 'sunken', 'stage'].flatMap((back): [string, string, number][] => [
    ['ink', back, 7],
    ['ink-soft', back, 4.5],
    ['sea', back, 4.5],
    ['line-strong', back, 3],
    ['focus', back, 3],
  ]),
  ['ink', 'tile', 4.5],
  ['ink-soft', 'tile', 4.5],
  ['on-sea', 'sea', 4.5],
  ['on-sea', 'sea-hover', 4.5],
  ['on-sea-soft', 'sea-soft', 4.5],
  ['on-danger', 'danger', 4.5],
  ['on-danger', 'danger-hover', 4.0],
  ['on-danger-soft', 'danger-soft', 4.5],
  ['on-sand-soft', 'sand-soft', 4.5],
  ['speaking', 'stage', 3],
  ['coral', 'surface', 3],
  ['danger', 'page', 3],
]

test('the palette was found', () => {
  expect(tokens.size).toBeGreaterThan(20)
})

for (const mode of ['light', 'dark'] as const) {
  test.each(PAIRS)(`in ${mode}, --%s on --%s has a contrast of at least %d`, (front, back, least) => {
    expect(contrast(color(front, mode), color(back, mode))).toBeGreaterThanOrEqual(least)
  })
}

function color(name: string, mode: 'light' | 'dark'): string {
  const pair = tokens.get(name)
  if (pair === undefined) throw new Error(`no token --${name}`)
  return pair[mode]
}

function readTokens(sheet: string): Map<string, { light: string; dark: string }> {
  const pattern = /--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g
  return new Map([...sheet.matchAll(pattern)].map(([, name = '', light = '', dark = '']) => [name, { light, dark }]))
}

function contrast(a: string, b: string): number {
  const [bright = 0, dim = 0] = [luminance(a), luminance(b)].sort((one, other) => other - one)
  return (bright + 0.05) / (dim + 0.05)
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
