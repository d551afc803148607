import type { Store } from '@seameet/client'
import { useCallback, useSyncExternalStore } from 'react'

/**
 * Reads a store and renders again when its value changes: the one bridge between the client and React. A selector
 * must return the same reference for the same value, as a property or a primitive does.
 */
export function useStore<T>(store: Store<T>): T
export function useStore<T, S>(store: Store<T>, select: (value: T) => S): S
export function useStore<T, S>(store: Store<T>, select?: (value: T) => S): T | S {
  const subscribe = useCallback((listener: () => void) => store.subscribe(listener), [store])
  const read = () => (select === undefined ? store.get() : select(store.get()))
  return useSyncExternalStore(subscribe, read, read)
}

/** The same for a store that may not be there yet; `fallback` stands in for it. */
export function useOptionalStore<T>(store: Store<T> | undefined, fallback: T): T {
  const subscribe = useCallback((listener: () => void) => store?.subscribe(listener) ?? nothing, [store])
  const read = () => (store === undefined ? fallback : store.get())
  return useSyncExternalStore(subscribe, read, read)
}

function nothing(): void {
  // There was nothing to subscribe to, so there is nothing to end.
}
