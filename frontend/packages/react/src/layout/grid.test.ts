import { expect, test } from 'vitest'
import type { Rect } from './grid.ts'
import { GRID_RULES, layout, tilesPerPage } from './grid.ts'

const STAGES = [
  { name: 'laptop', width: 1408, height: 760 },
  { name: 'phone', width: 374, height: 620 },
  { name: 'small phone', width: 304, height: 380 },
  { name: 'phone on its side', width: 780, height: 240 },
  { name: 'square', width: 700, height: 700 },
  { name: 'very wide', width: 2400, height: 500 },
  { name: 'very tall', width: 300, height: 1800 },
]

const COUNTS = Array.from({ length: 30 }, (_, at) => at + 1)

for (const stage of STAGES) {
  test(`on a ${stage.name} any count fits without overlap`, () => {
    for (const count of COUNTS) {
      const rects = layout(count, stage.width, stage.height)
      expect(rects).toHaveLength(count)
      expectInside(rects, stage.width, stage.height)
      expectApart(rects)
    }
  })

  test(`on a ${stage.name} no other number of columns makes larger tiles`, () => {
    for (const count of COUNTS) {
      const area = areaOf(layout(count, stage.width, stage.height)[0])
      for (let columns = 1; columns <= count; columns++) {
        // Two in a hundred are given away for fewer empty places; two pixels for rounding down.
        expect(area).toBeGreaterThanOrEqual((areaWith(columns, count, stage.width, stage.height) - 1200) * 0.97)
      }
    }
  })

  test(`on a ${stage.name} every tile keeps a shape that suits a face`, () => {
    for (const count of COUNTS) {
      for (const { width, height } of layout(count, stage.width, stage.height)) {
        expect(width / height).toBeLessThan(GRID_RULES.maxAspect + 0.1)
        expect(width / height).toBeGreaterThan(GRID_RULES.minAspect - 0.1)
      }
    }
  })
}

test('two people on a laptop sit side by side, on a phone one above the other', () => {
  const [left, right] = layout(2, 1408, 760)
  expect(left?.y).toBe(right?.y)
  const [top, bottom] = layout(2, 374, 620)
  expect(top?.x).toBe(bottom?.x)
})

test('a last row that is not full is centred', () => {
  const rects = layout(5, 1408, 760)
  const last = rects.slice(3)
  const middle = (Math.min(...last.map((r) => r.x)) + Math.max(...last.map((r) => r.x + r.width))) / 2
  expect(Math.abs(middle - 704)).toBeLessThanOrEqual(1)
})

test('an empty stage or an empty room gives no tiles', () => {
  expect(layout(0, 100, 100)).toEqual([])
  expect(layout(3, 0, 100)).toEqual([])
  expect(layout(3, 100, 0)).toEqual([])
})

test('a laptop shows 25 people on one page', () => {
  expect(tilesPerPage(25, 1408, 760)).toBe(25)
})

test('a phone turns pages before faces become too small', () => {
  const perPage = tilesPerPage(25, 374, 620)
  expect(perPage).toBeLessThan(25)
  expect(layout(perPage, 374, 620)[0]?.width).toBeGreaterThanOrEqual(GRID_RULES.minWidth)
})

test('pages are filled evenly', () => {
  const rules = { ...GRID_RULES, maxTiles: 12 }
  expect(tilesPerPage(13, 1408, 760, rules)).toBe(7)
})

test('a stage smaller than one tile still shows one', () => {
  expect(tilesPerPage(9, 60, 60)).toBe(1)
})

function expectInside(rects: readonly Rect[], width: number, height: number) {
  for (const rect of rects) {
    expect(rect.x).toBeGreaterThanOrEqual(0)
    expect(rect.y).toBeGreaterThanOrEqual(0)
    expect(rect.x + rect.width).toBeLessThanOrEqual(width + 1)
    expect(rect.y + rect.height).toBeLessThanOrEqual(height + 1)
    expect(rect.width).toBeGreaterThan(0)
    expect(rect.height).toBeGreaterThan(0)
  }
}

function expectApart(rects: readonly Rect[]) {
  rects.forEach((a, index) => {
    for (const b of rects.slice(index + 1)) {
      const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y
      expect(apart).toBe(true)
    }
  })
}

function areaOf(rect: Rect | undefined): number {
  return rect === undefined ? 0 : rect.width * rect.height
}

/** The tile area a fixed number of columns would give, worked out apart from the code under test. */
function areaWith(columns: number, count: number, width: number, height: number): number {
  const rows = Math.ceil(count / columns)
  const cellWidth = (width - GRID_RULES.gap * (columns - 1)) / columns
  const cellHeight = (height - GRID_RULES.gap * (rows - 1)) / rows
  if (cellWidth <= 0 || cellHeight <= 0) return 0
  return (
    Math.min(cellWidth, cellHeight * GRID_RULES.maxAspect) * Math.min(cellHeight, cellWidth / GRID_RULES.minAspect)
  )
}
