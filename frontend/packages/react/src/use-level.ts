import type { Capture, Devices } from '@seameet/client'
import type { RefCallback } from 'react'
import { useCallback } from 'react'

/** Below this difference a bar would not move by a visible amount. */
const VISIBLE_STEP = 0.015

/**
 * Writes a level into an element's `--level` property in every animation frame, without rendering. `start` begins
 * reading and returns what reads and what stops; it must be stable.
 */
export function useLevel<E extends HTMLElement>(start: () => LevelReading): RefCallback<E> {
  return useCallback((element: E | null) => (element === null ? undefined : follow(element, start())), [start])
}

export interface LevelReading {
  /** 0 to 1. */
  readonly level: () => number
  readonly stop: () => void
}

/** The level of a capture, for a meter in the lobby or the settings. */
export function useCaptureLevel<E extends HTMLElement>(devices: Devices, capture: Capture | null): RefCallback<E> {
  const start = useCallback(() => (capture === null ? SILENCE : readCapture(devices, capture)), [devices, capture])
  return useLevel<E>(start)
}

const SILENCE: LevelReading = { level: () => 0, stop: () => undefined }

function readCapture(devices: Devices, capture: Capture): LevelReading {
  const meter = devices.levelMeter(capture)
  return {
    level: () => meter.level(),
    stop: () => {
      meter.stop()
    },
  }
}

function follow(element: HTMLElement, reading: LevelReading): () => void {
  let shown = -1
  let frame = requestAnimationFrame(function draw() {
    const level = Math.min(1, Math.max(0, reading.level()))
    if (Math.abs(level - shown) >= VISIBLE_STEP) {
      shown = level
      element.style.setProperty('--level', level.toFixed(3))
    }
    frame = requestAnimationFrame(draw)
  })
  return () => {
    cancelAnimationFrame(frame)
    reading.stop()
  }
}
