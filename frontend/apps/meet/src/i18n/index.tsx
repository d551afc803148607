import type { ReactNode } from 'react'
import { createContext, useContext, useLayoutEffect } from 'react'
import { en } from './en.ts'

/** Every text of the app in one language. A language that misses one does not compile. */
export type Messages = typeof en

/** The languages there are, by their tag. To add one: a file like `en.ts` of type `Messages`, and a line here. */
const CATALOGUES: Readonly<Record<string, Messages>> = { en }

/** The best catalogue for what the user reads, in the order of the browser's settings. */
export function pickMessages(wanted: readonly string[]): Messages {
  for (const tag of wanted) {
    const found = CATALOGUES[tag] ?? CATALOGUES[tag.split('-')[0] ?? '']
    if (found !== undefined) return found
  }
  return en
}

const MessagesContext = createContext<Messages>(en)

/** Gives a language to everything below and tells the document which one it is. */
export function MessagesProvider({ messages, children }: { readonly messages: Messages; readonly children: ReactNode }) {
  useLayoutEffect(() => {
    document.documentElement.lang = messages.language
    document.documentElement.dir = messages.direction
  }, [messages])
  return <MessagesContext value={messages}>{children}</MessagesContext>
}

/** The texts in the user's language. */
export function useMessages(): Messages {
  return useContext(MessagesContext)
}
