import { useCallback, useEffect, useState } from 'react'

/** The newest few are enough; older ones give way. */
const MOST_SHOWN = 3
const SHOWN_MS = 8000

export interface Toast {
  readonly key: number
  readonly text: string
}

/** Short notes, newest last. */
export interface ToastList {
  readonly toasts: readonly Toast[]
  readonly show: (text: string) => void
  readonly close: (key: number) => void
}

/** Keeps the notes that are shown and lets each go after a while. The same text is not shown twice at once. */
export function useToastList(): ToastList {
  const [toasts, setToasts] = useState<readonly Toast[]>([])
  const oldest = toasts[0]
  const close = useCallback((key: number) => {
    setToasts((before) => before.filter((toast) => toast.key !== key))
  }, [])
  const show = useCallback((text: string) => {
    setToasts((before) => {
      if (before.some((toast) => toast.text === text)) return before
      return [...before, { key: (before.at(-1)?.key ?? 0) + 1, text }].slice(-MOST_SHOWN)
    })
  }, [])
  useEffect(() => {
    if (oldest === undefined) return
    const timer = setTimeout(() => {
      close(oldest.key)
    }, SHOWN_MS)
    return () => {
      clearTimeout(timer)
    }
  }, [oldest, close])
  return { toasts, show, close }
}
