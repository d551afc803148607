/** A tile's place in the stage, in CSS pixels from the stage's top left corner. */
export interface Rect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A stage's size in CSS pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** How far a tile may leave the camera's own shape, and how small it may become before the grid turns pages. */
export interface GridRules {
  /** Space between tiles. */
  readonly gap: number
  /** The narrowest shape a tile may take, width ÷ height. */
  readonly minAspect: number
  /** The widest shape a tile may take, width ÷ height. */
  readonly maxAspect: number
  /** Below this width a face is no longer worth showing and the grid gets another page. */
  readonly minWidth: number
  /** The same for the height, below which a name would cover the face. */
  readonly minHeight: number
  /** Never more tiles than this on one page. */
  readonly maxTiles: number
}

export const GRID_RULES: GridRules = { gap: 12, minAspect: 0.8, maxAspect: 16 / 9, minWidth: 128, minHeight: 96, maxTiles: 49 }

interface Shape {
  readonly columns: number
  readonly rows: number
  readonly width: number
  readonly height: number
}

/**
 * Places `count` equal tiles so that each is as large as it can be, rows centred, the last one too. Pure: the same
 * input gives the same places. Every tile lies inside the stage and none overlaps another.
 */
export function layout(count: number, width: number, height: number, rules: GridRules = GRID_RULES): Rect[] {
  if (count <= 0 || width <= 0 || height <= 0) return []
  return place(count, { width, height }, bestShape(count, { width, height }, rules), rules.gap)
}

/** How many tiles fit on one page without becoming too small; at least one. */
export function tilesPerPage(count: number, width: number, height: number, rules: GridRules = GRID_RULES): number {
  const most = Math.max(1, Math.min(count, rules.maxTiles))
  for (let tiles = most; tiles > 1; tiles--) {
    const shape = bestShape(tiles, { width, height }, rules)
    if (shape.width >= rules.minWidth && shape.height >= rules.minHeight) return evened(count, tiles)
  }
  return 1
}

/** Pages of equal fullness read better than full pages and a last one with a single tile. */
function evened(count: number, perPage: number): number {
  return Math.ceil(count / Math.ceil(count / perPage))
}

function bestShape(count: number, stage: Size, rules: GridRules): Shape {
  let best = shapeFor(1, count, stage, rules)
  for (let columns = 2; columns <= count; columns++) {
    const shape = shapeFor(columns, count, stage, rules)
    if (isBetter(shape, best, count)) best = shape
  }
  return best
}

/** Larger tiles win; between nearly equal ones the shape with fewer empty places is calmer to look at. */
function isBetter(shape: Shape, best: Shape, count: number): boolean {
  const area = shape.width * shape.height
  const bestArea = best.width * best.height
  const close = Math.abs(area - bestArea) <= bestArea * 0.02
  if (!close) return area > bestArea
  const empty = shape.columns * shape.rows - count
  const bestEmpty = best.columns * best.rows - count
  return empty === bestEmpty ? area > bestArea : empty < bestEmpty
}

function shapeFor(columns: number, count: number, stage: Size, rules: GridRules): Shape {
  const rows = Math.ceil(count / columns)
  const cellWidth = Math.max(0, (stage.width - rules.gap * (columns - 1)) / columns)
  const cellHeight = Math.max(0, (stage.height - rules.gap * (rows - 1)) / rows)
  const width = Math.floor(Math.min(cellWidth, cellHeight * rules.maxAspect))
  const height = Math.floor(Math.min(cellHeight, cellWidth / rules.minAspect))
  return { columns, rows, width, height }
}

function place(count: number, stage: Size, shape: Shape, gap: number): Rect[] {
  const top = (stage.height - shape.rows * shape.height - (shape.rows - 1) * gap) / 2
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / shape.columns)
    const inRow = Math.min(shape.columns, count - row * shape.columns)
    const left = (stage.width - inRow * shape.width - (inRow - 1) * gap) / 2
    return {
      x: Math.round(left + (index % shape.columns) * (shape.width + gap)),
      y: Math.round(top + row * (shape.height + gap)),
      width: shape.width,
      height: shape.height,
    }
  })
}
