import type { GridRules, Rect, Size } from './grid.ts'
import { GRID_RULES, layout, tilesPerPage } from './grid.ts'

/** One thing to show, in the order it should appear. */
export interface LayoutItem {
  readonly key: string
  /** Shown large with everyone else in a strip: a shared screen or a pinned person. */
  readonly featured?: boolean
  /** The own camera, which floats in a corner when exactly one other tile is there. */
  readonly self?: boolean
}

/** What the arrangement looks like, for styling. */
export type LayoutMode = 'empty' | 'grid' | 'duo' | 'stage'

/** Where each visible tile goes. Items that are missing from `places` are on another page. */
export interface Arrangement {
  readonly mode: LayoutMode
  readonly places: ReadonlyMap<string, Placement>
  readonly page: number
  readonly pages: number
}

export interface Placement extends Rect {
  readonly role: 'tile' | 'featured' | 'strip' | 'corner'
}

export interface ArrangeOptions {
  readonly page?: number
  readonly rules?: GridRules
}

/** Arranges all tiles of a call in a stage of the given size: grid, one-to-one, or a featured stage with a strip. */
export function arrange(items: readonly LayoutItem[], size: Size, options: ArrangeOptions = {}): Arrangement {
  const rules = options.rules ?? GRID_RULES
  const page = options.page ?? 0
  if (items.length === 0 || size.width <= 0 || size.height <= 0) return EMPTY
  if (items.some((item) => item.featured === true)) return arrangeStage(items, size, rules, page)
  const self = items.find((item) => item.self === true)
  if (items.length === 2 && self !== undefined) return arrangeDuo(items, self, size)
  if (items.length === 1) return arrangeSolo(items, size)
  return arrangeGrid(items, size, rules, page)
}

const EMPTY: Arrangement = { mode: 'empty', places: new Map(), page: 0, pages: 1 }

function arrangeGrid(items: readonly LayoutItem[], size: Size, rules: GridRules, wanted: number): Arrangement {
  const perPage = tilesPerPage(items.length, size.width, size.height, rules)
  const { page, pages, shown } = turn(items, perPage, wanted)
  const rects = layout(shown.length, size.width, size.height, rules)
  return { mode: 'grid', places: placed(shown, rects, 'tile'), page, pages }
}

/** Alone, one picture takes all there is, whatever its shape. */
function arrangeSolo(items: readonly LayoutItem[], size: Size): Arrangement {
  return { mode: 'grid', places: placed(items, [{ x: 0, y: 0, ...size }], 'tile'), page: 0, pages: 1 }
}

/** The other person fills the stage; the own picture sits in the lower corner, out of the way of faces. */
function arrangeDuo(items: readonly LayoutItem[], self: LayoutItem, size: Size): Arrangement {
  const other = items.find((item) => item !== self) ?? self
  const portrait = size.height > size.width
  const width = Math.round(Math.min(size.width * (portrait ? 0.3 : 0.22), 280))
  const height = Math.round(portrait ? width * 1.3 : width * 0.625)
  const margin = portrait ? 12 : 16
  const places = new Map<string, Placement>([
    [other.key, { x: 0, y: 0, width: size.width, height: size.height, role: 'tile' }],
    [
      self.key,
      { x: size.width - width - margin, y: size.height - height - margin, width, height, role: 'corner' },
    ],
  ])
  return { mode: 'duo', places, page: 0, pages: 1 }
}

function arrangeStage(items: readonly LayoutItem[], size: Size, rules: GridRules, wanted: number): Arrangement {
  const featured = items.filter((item) => item.featured === true)
  const rest = items.filter((item) => item.featured !== true)
  const areas = splitStage(size, rules.gap, rest.length)
  // Several shared screens share the large area; none of them is a face, so any shape will do.
  const large = layout(featured.length, areas.main.width, areas.main.height, { ...rules, minAspect: 0.3, maxAspect: 4 })
  const strip = arrangeStrip(rest, areas.strip, rules, wanted)
  const places = new Map([...placed(featured, large, 'featured', areas.main), ...strip.places])
  return { mode: 'stage', places, page: strip.page, pages: strip.pages }
}

function splitStage(size: Size, gap: number, rest: number): { main: Rect; strip: Rect } {
  const whole: Rect = { x: 0, y: 0, ...size }
  if (rest === 0) return { main: whole, strip: { ...whole, width: 0, height: 0 } }
  if (size.width > size.height * 1.1) {
    const strip = Math.round(Math.min(264, Math.max(128, size.width * 0.19)))
    return {
      main: { ...whole, width: size.width - strip - gap },
      strip: { x: size.width - strip, y: 0, width: strip, height: size.height },
    }
  }
  // Upright, a screen is as wide as the stage and its shape says how high; faces share what is left.
  const main = Math.round(Math.min(size.height * 0.62, Math.max(size.width * 0.72, size.height * 0.4)))
  return {
    main: { ...whole, height: main },
    strip: { x: 0, y: main + gap, width: size.width, height: size.height - main - gap },
  }
}

/** The strip is a small grid that turns pages for those who do not fit: nothing has to be scrolled. */
function arrangeStrip(rest: readonly LayoutItem[], area: Rect, rules: GridRules, wanted: number) {
  if (rest.length === 0) return { places: new Map<string, Placement>(), page: 0, pages: 1 }
  const small = { ...rules, minWidth: Math.min(rules.minWidth, 112), minHeight: Math.min(rules.minHeight, 76) }
  const perPage = tilesPerPage(rest.length, area.width, area.height, small)
  const { page, pages, shown } = turn(rest, perPage, wanted)
  const rects = layout(shown.length, area.width, area.height, small)
  return { places: placed(shown, rects, 'strip', area), page, pages }
}

function turn(items: readonly LayoutItem[], perPage: number, wanted: number) {
  const pages = Math.ceil(items.length / perPage)
  const page = Math.min(Math.max(0, wanted), pages - 1)
  return { page, pages, shown: items.slice(page * perPage, (page + 1) * perPage) }
}

function placed(
  items: readonly LayoutItem[],
  rects: readonly Rect[],
  role: Placement['role'],
  origin: { readonly x: number; readonly y: number } = { x: 0, y: 0 },
): Map<string, Placement> {
  const places = new Map<string, Placement>()
  items.forEach((item, index) => {
    const rect = rects[index]
    if (rect !== undefined) places.set(item.key, { ...rect, x: rect.x + origin.x, y: rect.y + origin.y, role })
  })
  return places
}
