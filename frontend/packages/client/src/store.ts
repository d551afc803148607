import type { Store } from './api/store.ts'

/** A store that its owner writes. */
export interface WritableStore<T> extends Store<T> {
  /** Listeners hear of it when the value differs by `Object.is`. */
  set(value: T): void
  update(change: (value: T) => T): void
}

/** A new store. Listeners may subscribe and unsubscribe while they are called. */
export function createStore<T>(initial: T): WritableStore<T> {
  let value = initial
  const listeners = new Set<() => void>()
  const set = (next: T): void => {
    if (Object.is(next, value)) return
    value = next
    for (const listener of [...listeners]) if (listeners.has(listener)) listener()
  }
  return {
    get: () => value,
    set,
    update: (change) => {
      set(change(value))
    },
    subscribe: (listener) => {
      // A wrapper of its own, so that the same function subscribed twice is called twice.
      const entry = (): void => {
        listener()
      }
      listeners.add(entry)
      return () => void listeners.delete(entry)
    },
  }
}

/** A store whose value never changes. */
export function constantStore<T>(value: T): Store<T> {
  return { get: () => value, subscribe: () => () => undefined }
}

/** Resolves as soon as `holds` is true for the store's value. */
export function whenStore<T>(store: Store<T>, holds: (value: T) => boolean): Promise<T> {
  return new Promise((resolve) => {
    const now = store.get()
    if (holds(now)) {
      resolve(now)
      return
    }
    const stop = store.subscribe(() => {
      const value = store.get()
      if (!holds(value)) return
      stop()
      resolve(value)
    })
  })
}
