import type { Join } from '@seameet/protocol'
import type { Browser, Socket } from '../browser/types.ts'
import { SessionMachine, type ClientBody, type SessionMemory, type SessionOutput } from '../machines/session.ts'
import { Alarm } from './alarm.ts'

export type LinkOutput = Exclude<SessionOutput, { type: 'send' }>

export interface LinkHandlers {
  /** Never called after `close`. */
  output(output: LinkOutput): void
}

/** One socket and the session on it: carries the machine's wishes to the browser and back. */
export class SignalLink {
  readonly #browser: Browser
  #handlers: LinkHandlers
  readonly #machine: SessionMachine
  readonly #alarm: Alarm
  readonly #socket: Socket
  #open = true

  constructor(browser: Browser, url: string, join: Join, memory: SessionMemory, handlers: LinkHandlers) {
    this.#browser = browser
    this.#handlers = handlers
    this.#machine = new SessionMachine(join, memory, browser.now())
    this.#alarm = new Alarm(browser, () => {
      this.#machine.tick(browser.now())
      this.#drain()
    })
    this.#socket = browser.openSocket(url, {
      opened: () => {
        this.#machine.opened()
        this.#drain()
      },
      received: (text) => {
        this.#machine.received(text, browser.now())
        this.#drain()
      },
      closed: (code) => {
        this.#machine.closed(code)
        this.#drain()
      },
    })
    this.#alarm.set(this.#machine.deadline())
  }

  get roundTrip(): number | null {
    return this.#machine.roundTrip
  }

  /** Sends a request and returns its id; null when the session is not joined. */
  request(body: ClientBody): string | null {
    if (!this.#open) return null
    const id = this.#machine.request(body)
    this.#drain()
    return id
  }

  probe(): void {
    this.#machine.probe(this.#browser.now())
    this.#drain()
  }

  /** From now on somebody else hears what comes. */
  handOver(handlers: LinkHandlers): void {
    this.#handlers = handlers
  }

  close(): void {
    if (!this.#open) return
    this.#open = false
    this.#alarm.set(null)
    this.#socket.close()
  }

  /** Requests may be made while outputs are handled; then the inner call drains and the outer goes on after it. */
  #drain(): void {
    for (let output = this.#machine.poll(); output !== undefined; output = this.#machine.poll()) {
      // What is left in a link that was closed meanwhile concerns nobody any more.
      if (!this.#open) return
      if (output.type === 'send') this.#socket.send(output.text)
      else this.#handlers.output(output)
    }
    if (this.#open) this.#alarm.set(this.#machine.deadline())
  }
}
