import type { Store } from './store.ts'

export interface ChatMessage {
  /** Stable for the life of the message; fit for list keys. */
  readonly key: string
  /** The writer's participant id. */
  readonly from: string
  /** What the writer was called when it was written. */
  readonly name: string
  /** Written by oneself. */
  readonly own: boolean
  /** Told to this participant alone; null means to all. */
  readonly to: string | null
  readonly text: string
  /** Milliseconds since 1970: the server's stamp, or this client's until the server confirmed. */
  readonly at: number
  /** Others' messages are always `sent`. */
  readonly state: 'sending' | 'sent' | 'failed'
}

export interface Chat {
  /** In the room's order; own messages that are not confirmed yet stand last. */
  readonly messages: Store<readonly ChatMessage[]>
  /** Longest text in characters that the server takes. */
  readonly maxLength: Store<number>
  /** Resolves when the server confirmed, rejects when it refused. Waits while the connection is recovered. */
  send(text: string, options?: { readonly to?: string }): Promise<void>
}
