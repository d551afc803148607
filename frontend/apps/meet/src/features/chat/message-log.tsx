import type { ChatMessage } from '@seameet/client'
import { useLayoutEffect, useMemo, useRef } from 'react'
import { timeOfDay } from '../../i18n/format.ts'
import { useMessages } from '../../i18n/index.tsx'
import { linkify } from '../../lib/linkify.ts'
import { cx } from '../../ui/cx.ts'
import { Icon } from '../../ui/icon.tsx'
import styles from './chat-panel.module.css'
import type { MessageGroup } from './group.ts'
import { groupMessages } from './group.ts'

/** Closer than this to the end counts as reading the newest, so the log follows. */
const AT_END_PX = 80

/** All messages; follows the newest unless one reads further up. */
export function MessageLog({ messages }: { readonly messages: readonly ChatMessage[] }) {
  const { chat } = useMessages()
  const log = useRef<HTMLDivElement>(null)
  const atEnd = useRef(true)
  const groups = useMemo(() => groupMessages(messages), [messages])
  useLayoutEffect(() => {
    const element = log.current
    if (element !== null && (atEnd.current || messages.at(-1)?.own === true)) element.scrollTop = element.scrollHeight
  }, [messages])
  return (
    <div
      ref={log}
      className={styles.log}
      role="log"
      aria-label={chat.log}
      tabIndex={0}
      onScroll={({ currentTarget: element }) => {
        atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < AT_END_PX
      }}
    >
      {groups.length === 0 ? (
        <div className={styles.empty}>
          <Icon name="chat" size={32} />
          <p className={styles.emptyTitle}>{chat.empty}</p>
          <p>{chat.emptyHint}</p>
        </div>
      ) : (
        groups.map((group) => <Group key={group.key} group={group} />)
      )}
    </div>
  )
}

function Group({ group }: { readonly group: MessageGroup }) {
  const { language, room } = useMessages()
  return (
    <section className={cx(styles.group, group.own && styles.own)}>
      <p className={styles.from}>
        <span className={styles.name}>{group.own ? room.you : group.name}</span>
        <time dateTime={new Date(group.at).toISOString()}>{timeOfDay(language, group.at)}</time>
      </p>
      {group.messages.map((message) => (
        <Message key={message.key} message={message} />
      ))}
    </section>
  )
}

function Message({ message }: { readonly message: ChatMessage }) {
  const { chat } = useMessages()
  return (
    <div className={styles.message} data-testid="chat-message" data-state={message.state}>
      <p className={styles.text}>
        {linkify(message.text).map((part, at) =>
          'href' in part ? (
            <a key={at} href={part.href} target="_blank" rel="noopener noreferrer nofollow">
              {part.text}
            </a>
          ) : (
            part.text
          ),
        )}
      </p>
      {message.to !== null && <p className={styles.state}>{chat.privateNote}</p>}
      {message.state === 'sending' && <p className={styles.state}>{chat.sending}</p>}
      {message.state === 'failed' && (
        <p className={cx(styles.state, styles.failed)}>
          <Icon name="alert" size={16} /> {chat.failed}
        </p>
      )}
    </div>
  )
}
