import { useChat } from '@seameet/react'
import type { KeyboardEvent } from 'react'
import { useMessages } from '../../i18n/index.tsx'
import { IconButton } from '../../ui/button.tsx'
import { Composer } from './composer.tsx'
import styles from './chat-panel.module.css'
import { MessageLog } from './message-log.tsx'

/** What is written in this call. Opening it moves the focus to the field; the caller takes it back on closing. */
export function ChatPanel({ onClose }: { readonly onClose: () => void }) {
  const { chat } = useMessages()
  const { messages, maxLength, send } = useChat()
  const closeOnEscape = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    onClose()
  }
  return (
    <aside className={styles.panel} aria-label={chat.title} data-testid="chat-panel" onKeyDown={closeOnEscape}>
      <header className={styles.head}>
        <h2 className={styles.title}>{chat.title}</h2>
        <IconButton icon="close" label={chat.close} onClick={onClose} />
      </header>
      <MessageLog messages={messages} />
      <Composer maxLength={maxLength} onSend={send} />
    </aside>
  )
}
