import type { ChatMessage as WireMessage } from '@seameet/protocol'
import type { Chat, ChatMessage } from '../api/chat.ts'
import { SeameetError } from '../api/error.ts'
import type { ClientBody } from '../machines/session.ts'
import { createStore } from '../store.ts'
import { displayName } from './participant.ts'

/** Messages kept; the oldest are dropped. */
const KEPT = 1000
/** Own messages that may wait for the server; more are refused. */
const WAITING = 50

export interface ChatHooks {
  /** Sends a request and returns its id; null while signaling is down. */
  request(body: ClientBody): string | null
  isSelf(participant: string): boolean
  ownId(): string
  ownName(): string
  /** Milliseconds since 1970. */
  wallTime(): number
  /** Whether there is a call in which a message could ever be sent. */
  inCall(): boolean
}

/** An own message that the server has not confirmed. */
interface Waiting {
  readonly key: string
  readonly text: string
  readonly to: string | null
  readonly at: number
  /** Of the connection that carried it last; null when none did yet. */
  request: string | null
  readonly resolve: () => void
  readonly reject: (error: SeameetError) => void
}

/** The chat: the server's order for what is confirmed, own messages that wait at the end. */
export class ChatLog implements Chat {
  readonly messages = createStore<readonly ChatMessage[]>([])
  readonly maxLength = createStore(4000)
  readonly #hooks: ChatHooks
  #confirmed: readonly ChatMessage[] = []
  #failed: readonly ChatMessage[] = []
  #waiting: Waiting[] = []
  #counter = 0

  constructor(hooks: ChatHooks) {
    this.#hooks = hooks
  }

  send(text: string, options: { readonly to?: string } = {}): Promise<void> {
    const refusal = this.#refusal(text)
    if (refusal !== null) return Promise.reject(refusal)
    return new Promise((resolve, reject) => {
      this.#counter += 1
      const entry: Waiting = {
        key: `own-${this.#counter}`,
        text,
        to: options.to ?? null,
        at: this.#hooks.wallTime(),
        request: null,
        resolve,
        reject,
      }
      this.#waiting.push(entry)
      this.#transmit(entry)
      this.#show()
    })
  }

  /** A message came; returns it when it is new and somebody else's. */
  received(message: WireMessage): ChatMessage | null {
    const known = this.#confirm(message)
    if (known === null) return null
    this.#show()
    return known.own ? null : known
  }

  /** What was said before we came, or while nobody could tell us. */
  addHistory(history: readonly WireMessage[]): void {
    for (const message of history) this.#confirm(message)
    // What was missed belongs before what came since.
    this.#confirmed = [...this.#confirmed].sort((a, b) => a.at - b.at)
    this.#show()
  }

  /** Signaling is back: what was not confirmed meanwhile is sent again. */
  resend(): void {
    for (const entry of this.#waiting) this.#transmit(entry)
  }

  /** A request was refused. Returns whether it was a message. */
  requestRefused(id: string, error: SeameetError): boolean {
    const entry = this.#waiting.find(({ request }) => request === id)
    if (entry === undefined) return false
    this.#fail(entry, error)
    this.#show()
    return true
  }

  /** The call is over; what waits will never be sent. */
  end(): void {
    for (const entry of [...this.#waiting]) this.#fail(entry, notConnected())
    this.#show()
  }

  /** Another room begins. */
  clear(): void {
    this.#confirmed = []
    this.#failed = []
    this.#show()
  }

  #refusal(text: string): SeameetError | null {
    if (!this.#hooks.inCall()) return notConnected()
    if (this.#waiting.length >= WAITING) {
      return new SeameetError('policy/rate-limited', 'Too many messages wait to be sent.', { retryable: true })
    }
    const { length } = Array.from(text)
    if (length > 0 && length <= this.maxLength.get()) return null
    return new SeameetError('policy/too-large', `A message has 1 to ${this.maxLength.get()} characters, not ${length}.`)
  }

  #transmit(entry: Waiting): void {
    const { text, to } = entry
    entry.request = this.#hooks.request({ type: 'chat_message', text, ...(to === null ? {} : { to }) })
  }

  /** Files a message of the server; null when it was known. */
  #confirm(wire: WireMessage): ChatMessage | null {
    const id = `${wire.id}@${wire.at}`
    if (this.#ids.has(id)) return null
    this.#ids.add(id)
    const own = this.#hooks.isSelf(wire.from)
    const entry = own ? this.#takeWaiting(wire) : undefined
    const message: ChatMessage = {
      key: entry?.key ?? id,
      from: wire.from,
      name: displayName(wire.display_name),
      own,
      to: wire.to ?? null,
      text: wire.text,
      at: wire.at,
      state: 'sent',
    }
    this.#confirmed = [...this.#confirmed, message].slice(-KEPT)
    if (this.#ids.size > 2 * KEPT) this.#ids = new Set([...this.#ids].slice(-KEPT))
    entry?.resolve()
    return message
  }

  /** Ids alone repeat after a restart of the server, times alone within a millisecond. */
  #ids = new Set<string>()

  /** The server keeps the order of one's own messages, so the first equal one is the one that is confirmed. */
  #takeWaiting({ text, to }: WireMessage): Waiting | undefined {
    const index = this.#waiting.findIndex((entry) => entry.text === text && entry.to === (to ?? null))
    return index === -1 ? undefined : this.#waiting.splice(index, 1)[0]
  }

  #fail(entry: Waiting, error: SeameetError): void {
    this.#waiting = this.#waiting.filter((other) => other !== entry)
    this.#failed = [...this.#failed, this.#own(entry, 'failed')].slice(-WAITING)
    entry.reject(error)
  }

  #own({ key, text, to, at }: Waiting, state: 'sending' | 'failed'): ChatMessage {
    return { key, from: this.#hooks.ownId(), name: this.#hooks.ownName(), own: true, to, text, at, state }
  }

  #show(): void {
    const waiting = this.#waiting.map((entry) => this.#own(entry, 'sending'))
    this.messages.set([...this.#confirmed, ...this.#failed, ...waiting])
  }
}

function notConnected(): SeameetError {
  return new SeameetError('state/not-connected', 'There is no call.', { retryable: true })
}
