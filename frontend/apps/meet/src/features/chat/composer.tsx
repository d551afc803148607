import type { KeyboardEvent, SyntheticEvent } from 'react'
import { useEffect, useRef, useState } from 'react'
import { useMessages } from '../../i18n/index.tsx'
import { IconButton } from '../../ui/button.tsx'
import styles from './composer.module.css'

interface ComposerProps {
  readonly maxLength: number
  readonly onSend: (text: string) => Promise<void>
}

/** Where a message is written. Enter sends, Shift and Enter begins a line. A refused message comes back. */
export function Composer({ maxLength, onSend }: ComposerProps) {
  const { chat } = useMessages()
  const [text, setText] = useState('')
  const [refused, setRefused] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => field.current?.focus(), [])

  // Counted as the server counts: characters, not UTF-16 units.
  const tooLong = text.length > maxLength && Array.from(text).length > maxLength
  const send = (event: SyntheticEvent) => {
    event.preventDefault()
    const message = text.trim()
    if (message === '' || tooLong) return
    setText('')
    setRefused(false)
    onSend(message).catch(() => {
      setRefused(true)
      setText((written) => (written === '' ? message : written))
    })
  }
  const sendOnEnter = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) send(event)
  }
  const problem = tooLong ? chat.tooLong(maxLength) : refused ? chat.refused : undefined
  return (
    <form className={styles.composer} onSubmit={send}>
      {problem !== undefined && (
        <p className={styles.problem} role="alert" id="chat-problem">
          {problem}
        </p>
      )}
      <div className={styles.row}>
        <textarea
          ref={field}
          className={styles.field}
          rows={1}
          value={text}
          placeholder={chat.placeholder}
          aria-label={chat.placeholder}
          aria-invalid={tooLong ? true : undefined}
          aria-describedby={problem === undefined ? undefined : 'chat-problem'}
          data-testid="chat-input"
          onKeyDown={sendOnEnter}
          onChange={(event) => {
            setText(event.currentTarget.value)
          }}
        />
        <IconButton
          type="submit"
          icon="send"
          label={chat.send}
          className={styles.send}
          aria-disabled={text.trim() === '' || tooLong}
          data-testid="chat-send"
        />
      </div>
    </form>
  )
}
