import type { Browser } from '../browser/types.ts'

/** One timer that always stands at the deadline it was given last. */
export class Alarm {
  readonly #browser: Browser
  readonly #ring: () => void
  #deadline: number | null = null
  #cancel: (() => void) | null = null

  constructor(browser: Browser, ring: () => void) {
    this.#browser = browser
    this.#ring = ring
  }

  /** Rings at `deadline`, on the browser's clock; never when it is null. */
  set(deadline: number | null): void {
    if (deadline === this.#deadline && this.#cancel !== null) return
    this.#cancel?.()
    this.#cancel = null
    this.#deadline = deadline
    if (deadline === null) return
    this.#cancel = this.#browser.setTimer(Math.max(0, deadline - this.#browser.now()), () => {
      this.#cancel = null
      this.#ring()
    })
  }
}
