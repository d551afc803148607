/** Time that passes only when a test says so. */
export class FakeClock {
  #now = 0
  #next = 0
  readonly #timers = new Map<number, { readonly at: number; readonly callback: () => void }>()

  now(): number {
    return this.#now
  }

  setTimer(delay: number, callback: () => void): () => void {
    this.#next += 1
    const id = this.#next
    this.#timers.set(id, { at: this.#now + Math.max(0, delay), callback })
    return () => void this.#timers.delete(id)
  }

  /** How many timers stand. */
  get pending(): number {
    return this.#timers.size
  }

  /** Lets promises settle without letting time pass. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 60; turn += 1) await Promise.resolve()
  }

  /** Lets time pass, with every timer called at its time and promises settled in between. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds
    await this.settle()
    for (let due = this.#due(end); due !== null; due = this.#due(end)) {
      this.#timers.delete(due.id)
      this.#now = Math.max(this.#now, due.at)
      due.callback()
      await this.settle()
    }
    this.#now = end
  }

  /** Lets time pass without a timer being called, as when a laptop sleeps. They are late afterwards. */
  sleep(milliseconds: number): void {
    this.#now += milliseconds
  }

  #due(end: number): { readonly id: number; readonly at: number; readonly callback: () => void } | null {
    let first: { readonly id: number; readonly at: number; readonly callback: () => void } | null = null
    for (const [id, { at, callback }] of this.#timers) {
      if (at <= end && (first === null || at < first.at)) first = { id, at, callback }
    }
    return first
  }
}
