import type { Join } from '@seameet/protocol'
import type { Browser } from '../browser/types.ts'
import { backoff } from '../machines/backoff.ts'
import type { SessionMemory } from '../machines/session.ts'
import { Alarm } from './alarm.ts'
import { SignalLink, type LinkHandlers, type LinkOutput } from './signal-link.ts'

/** What is left of a visit that the user ended. */
export interface Parting {
  readonly url: string
  /** The message that asked to be let in last. */
  readonly join: Join
  readonly memory: SessionMemory
  /** With which the server takes us for who we were. */
  readonly token: string
  /** How long the server awaits us after a break, in milliseconds. */
  readonly ttl: number
  /** Until when it awaits us; infinite while it has us. */
  readonly until: number
  /** The connection that there is, joined or about to. */
  readonly link: SignalLink | null
}

/**
 * Says `leave` until the server has heard it. A socket that is closed right after the word may take the word with it,
 * and who leaves while the connection is being repaired has nobody to say it to; then the others would look at somebody
 * who is gone until the server gives up waiting. For the user the visit is over already.
 */
export class Farewell {
  readonly #browser: Browser
  readonly #parting: Parting
  readonly #alarm: Alarm
  #link: SignalLink | null
  #token: string
  #until: number
  #attempt = 0
  readonly #handlers: LinkHandlers = {
    output: (output) => {
      this.#take(output)
    },
  }

  constructor(browser: Browser, parting: Parting) {
    this.#browser = browser
    this.#parting = parting
    this.#link = parting.link
    this.#token = parting.token
    this.#until = parting.until
    this.#alarm = new Alarm(browser, () => {
      this.#open()
    })
    if (this.#link === null) {
      this.#open()
      return
    }
    this.#link.handOver(this.#handlers)
    // Does nothing while the connection is not joined: then it is said once it is.
    this.#link.request({ type: 'leave' })
  }

  #open(): void {
    const { url, join, memory } = this.#parting
    const resume = { token: this.#token, seq: memory.seq }
    this.#link = new SignalLink(this.#browser, url, { ...join, resume }, memory, this.#handlers)
  }

  #take(output: LinkOutput): void {
    switch (output.type) {
      case 'ready':
        this.#token = output.ready.resume.token
        this.#until = Infinity
        this.#link?.request({ type: 'leave' })
        return
      case 'dead':
        this.#again()
        return
      case 'refused':
        if (output.error.retryable) this.#again()
        else this.#link?.close()
        return
      case 'left':
      case 'closing':
      case 'expelled':
        this.#link?.close()
        return
      // What happens in the room concerns nobody any more.
      default:
    }
  }

  /** Tries once more, as long as the server has not let us go by itself. */
  #again(): void {
    this.#link?.close()
    this.#link = null
    const now = this.#browser.now()
    this.#until = Math.min(this.#until, now + this.#parting.ttl)
    this.#attempt += 1
    const at = now + backoff(this.#attempt, this.#browser.random())
    if (at < this.#until) this.#alarm.set(at)
  }
}
