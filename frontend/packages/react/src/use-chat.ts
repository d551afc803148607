import type { ChatMessage } from '@seameet/client'
import { useCallback, useState } from 'react'
import { useRoom } from './room-context.tsx'
import { useStore } from './use-store.ts'

/** The chat of the room. */
export interface ChatView {
  readonly messages: readonly ChatMessage[]
  readonly maxLength: number
  readonly send: (text: string) => Promise<void>
}

/** The room's messages and what sends another. */
export function useChat(): ChatView {
  const { chat } = useRoom()
  const messages = useStore(chat.messages)
  const maxLength = useStore(chat.maxLength)
  const send = useCallback((text: string) => chat.send(text), [chat])
  return { messages, maxLength, send }
}

/** How many messages of others came while `reading` was false. What was there before counts as read. */
export function useUnread(reading: boolean): number {
  const { messages } = useChat()
  const others = messages.reduce((sum, message) => (message.own ? sum : sum + 1), 0)
  const [read, setRead] = useState(others)
  // Adjusted while rendering, as React asks for state that follows other state: an effect would show a wrong badge first.
  if (reading && read !== others) setRead(others)
  return reading ? 0 : Math.max(0, others - read)
}
