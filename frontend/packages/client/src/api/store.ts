/**
 * A value that changes over time: the whole contract towards any framework. `get` returns the same reference until
 * the value changes, so it fits React's `useSyncExternalStore` directly.
 */
export interface Store<T> {
  /** The value now. */
  get(): T
  /** Calls `listener` after every change. Returns what ends the subscription. */
  subscribe(listener: () => void): () => void
}
