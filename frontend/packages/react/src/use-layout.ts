import type { RefCallback } from 'react'
import { useCallback, useMemo, useState } from 'react'
import type { Arrangement, LayoutItem } from './layout/arrange.ts'
import { arrange } from './layout/arrange.ts'
import type { GridRules, Size } from './layout/grid.ts'
import { GRID_RULES } from './layout/grid.ts'

export interface LayoutView {
  /** Goes on the element that holds the tiles. */
  readonly stageRef: RefCallback<HTMLElement>
  readonly size: Size
  readonly arrangement: Arrangement
  readonly turnTo: (page: number) => void
}

const NO_SIZE: Size = { width: 0, height: 0 }

/** Arranges tiles in an element and follows its size. `items` should be memoised by the caller. */
export function useLayout(items: readonly LayoutItem[], rules: GridRules = GRID_RULES): LayoutView {
  const [size, setSize] = useState(NO_SIZE)
  const [page, turnTo] = useState(0)
  const stageRef = useCallback((element: HTMLElement | null) => {
    if (element === null) return undefined
    return watchSize(element, setSize)
  }, [])
  const arrangement = useMemo(() => arrange(items, size, { page, rules }), [items, size, page, rules])
  return { stageRef, size, arrangement, turnTo }
}

function watchSize(element: HTMLElement, report: (change: (before: Size) => Size) => void): () => void {
  const measure = () => {
    const next = { width: element.clientWidth, height: element.clientHeight }
    report((before) => (before.width === next.width && before.height === next.height ? before : next))
  }
  const observer = new ResizeObserver(measure)
  observer.observe(element)
  measure()
  return () => {
    observer.disconnect()
  }
}
