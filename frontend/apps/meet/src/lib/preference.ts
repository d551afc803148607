import type { Store } from '@seameet/client'

/** A value that this device remembers. */
export interface Preference<T> extends Store<T> {
  readonly set: (value: T) => void
}

/** What of `localStorage` is needed. */
export type Memory = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/**
 * A preference kept under `seameet.<key>`. A browser that forbids storage only forgets: nothing fails. A stored value
 * that `accepts` refuses counts as none.
 */
export function createPreference<T>(
  key: string,
  initial: T,
  accepts: (value: unknown) => value is T,
  memory: () => Memory = () => localStorage,
): Preference<T> {
  const name = `seameet.${key}`
  let value = load(name, initial, accepts, memory)
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    set: (next) => {
      if (Object.is(next, value)) return
      value = next
      save(name, next, memory)
      for (const listener of [...listeners]) listener()
    },
  }
}

function load<T>(name: string, initial: T, accepts: (value: unknown) => value is T, memory: () => Memory): T {
  try {
    const stored: unknown = JSON.parse(memory().getItem(name) ?? 'null')
    return accepts(stored) ? stored : initial
  } catch {
    return initial
  }
}

function save(name: string, value: unknown, memory: () => Memory): void {
  try {
    memory().setItem(name, JSON.stringify(value))
  } catch {
    // Storage is full or forbidden; the value lives until the page is closed.
  }
}

/** Whether a stored value is a text. */
export function isText(value: unknown): value is string {
  return typeof value === 'string'
}

/** Whether a stored value is a switch. */
export function isSwitch(value: unknown): value is boolean {
  return typeof value === 'boolean'
}
