import type { ChatMessage } from '@seameet/client'

/** Messages of one person within a short time, shown under one name. */
export interface MessageGroup {
  readonly key: string
  readonly name: string
  readonly own: boolean
  readonly at: number
  readonly messages: readonly ChatMessage[]
}

/** A pause longer than this begins a new group, with a new time. */
const GROUP_MS = 3 * 60_000

/** Puts what belongs together under one name and time. */
export function groupMessages(messages: readonly ChatMessage[]): MessageGroup[] {
  const groups: { key: string; name: string; own: boolean; at: number; from: string; messages: ChatMessage[] }[] = []
  for (const message of messages) {
    const last = groups.at(-1)
    const latest = last?.messages.at(-1)
    if (last?.from === message.from && latest !== undefined && message.at - latest.at < GROUP_MS) {
      last.messages.push(message)
      continue
    }
    const { key, name, own, at, from } = message
    groups.push({ key, name, own, at, from, messages: [message] })
  }
  return groups
}
