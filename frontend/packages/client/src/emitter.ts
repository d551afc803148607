/** Typed events. A listener that throws does not keep the others from being told. */
export interface Emitter<Events> {
  on<K extends keyof Events>(event: K, listener: (payload: Events[K]) => void): () => void
  emit<K extends keyof Events>(event: K, payload: Events[K]): void
}

export function createEmitter<Events>(onListenerError: (error: unknown) => void = reportLater): Emitter<Events> {
  type Listeners = { [K in keyof Events]?: Set<(payload: Events[K]) => void> }
  const listeners: Listeners = {}
  return {
    on: (event, listener) => {
      const set = (listeners[event] ??= new Set())
      // A wrapper of its own, so that the same function registered twice is called twice.
      const entry: typeof listener = (payload) => {
        listener(payload)
      }
      set.add(entry)
      return () => void set.delete(entry)
    },
    emit: (event, payload) => {
      for (const listener of [...(listeners[event] ?? [])]) {
        try {
          listener(payload)
        } catch (error) {
          onListenerError(error)
        }
      }
    },
  }
}

/** Hands a listener's fault to the page's own error handling without breaking the caller. */
function reportLater(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}
