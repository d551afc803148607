import type { ElementBox } from './types.ts'

/** Displays finer than this show no more of a picture that is meant for the eye. */
const FINEST_DISPLAY = 2
/** What is this close to the window's edge is about to come into sight. */
const MARGIN = '10%'

type Listener = (box: ElementBox) => void

interface Watched {
  box: ElementBox
  readonly listeners: Set<Listener>
}

/** One observer of each kind for all elements: browsers handle that far better than one per element. */
const watched = new Map<Element, Watched>()
let sizes: ResizeObserver | null = null
let sights: IntersectionObserver | null = null

/** Tells size and visibility of an element, now and whenever they change. Returns what ends it. */
export function watchElement(element: Element, listener: Listener): () => void {
  if (typeof ResizeObserver === 'undefined' || typeof IntersectionObserver === 'undefined') return () => undefined
  sizes ??= new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) {
      const scale = Math.min(devicePixelRatio, FINEST_DISPLAY)
      update(target, { width: contentRect.width * scale, height: contentRect.height * scale })
    }
  })
  sights ??= new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) update(target, { visible: isIntersecting })
  }, { rootMargin: MARGIN })
  const known = watched.get(element)
  if (known === undefined) {
    watched.set(element, { box: { width: 0, height: 0, visible: false }, listeners: new Set([listener]) })
    sizes.observe(element)
    sights.observe(element)
  } else {
    known.listeners.add(listener)
    listener(known.box)
  }
  return () => {
    const entry = watched.get(element)
    entry?.listeners.delete(listener)
    if (entry?.listeners.size !== 0) return
    watched.delete(element)
    sizes?.unobserve(element)
    sights?.unobserve(element)
  }
}

function update(element: Element, change: Partial<ElementBox>): void {
  const entry = watched.get(element)
  if (entry === undefined) return
  entry.box = { ...entry.box, ...change }
  for (const listener of [...entry.listeners]) listener(entry.box)
}
