import { expect, test } from 'vitest'
import type { LayoutItem, Placement } from './arrange.ts'
import { arrange } from './arrange.ts'

const LAPTOP = { width: 1408, height: 760 }
const PHONE = { width: 374, height: 620 }

test('alone, the own picture fills the stage as a tile', () => {
  const { mode, places } = arrange([self()], LAPTOP)
  expect(mode).toBe('grid')
  expect(places.get('self')).toEqual({ x: 0, y: 0, ...LAPTOP, role: 'tile' })
})

test.each([LAPTOP, PHONE])('one to one, the other fills the stage and the own picture sits in a corner', (size) => {
  const { mode, places } = arrange([self(), person(1)], size)
  expect(mode).toBe('duo')
  expect(places.get('p1')).toMatchObject({ x: 0, y: 0, ...size, role: 'tile' })
  const corner = places.get('self')
  expect(corner?.role).toBe('corner')
  expect(inside(corner, size)).toBe(true)
})

test('two others without the own picture are a grid', () => {
  expect(arrange([person(1), person(2)], LAPTOP).mode).toBe('grid')
})

test.each([LAPTOP, PHONE])('a shared screen takes most of the stage and everyone else a strip', (size) => {
  const { mode, places } = arrange([screen(), self(), person(1), person(2)], size)
  expect(mode).toBe('stage')
  const shared = places.get('screen')
  expect((shared?.width ?? 0) * (shared?.height ?? 0)).toBeGreaterThan(size.width * size.height * 0.4)
  for (const [key, place] of places) {
    expect(inside(place, size)).toBe(true)
    if (key !== 'screen') expect(place.role).toBe('strip')
  }
})

test('a strip too full for the stage turns pages and every person is on exactly one', () => {
  const people = Array.from({ length: 40 }, (_, at) => person(at))
  const first = arrange([screen(), ...people], LAPTOP)
  const seen: string[] = []
  for (let page = 0; page < first.pages; page++) {
    const { places } = arrange([screen(), ...people], LAPTOP, { page })
    expect(places.has('screen')).toBe(true)
    seen.push(...[...places.keys()].filter((key) => key !== 'screen'))
  }
  expect(first.pages).toBeGreaterThan(1)
  expect(seen).toEqual(people.map((item) => item.key))
})

test('two shared screens share the large area', () => {
  const { places } = arrange([screen('a'), screen('b'), self()], LAPTOP)
  expect(places.get('a')?.role).toBe('featured')
  expect(places.get('b')?.role).toBe('featured')
})

test('a page beyond the last shows the last', () => {
  const people = Array.from({ length: 40 }, (_, at) => person(at))
  const { page, pages } = arrange(people, PHONE, { page: 99 })
  expect(page).toBe(pages - 1)
})

test('a stage without size shows nothing', () => {
  expect(arrange([self()], { width: 0, height: 0 }).mode).toBe('empty')
})

function person(at: number): LayoutItem {
  return { key: `p${String(at)}` }
}

function self(): LayoutItem {
  return { key: 'self', self: true }
}

function screen(key = 'screen'): LayoutItem {
  return { key, featured: true }
}

function inside(place: Placement | undefined, size: { width: number; height: number }): boolean {
  if (place === undefined) return false
  return place.x >= 0 && place.y >= 0 && place.x + place.width <= size.width + 1 && place.y + place.height <= size.height + 1
}
