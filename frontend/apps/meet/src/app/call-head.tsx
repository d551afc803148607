import { useParticipants, useRoom, useStore } from '@seameet/react'
import { useEffect, useRef } from 'react'
import { clock } from '../i18n/format.ts'
import { useMessages } from '../i18n/index.tsx'
import type { CopyState } from '../lib/use-copy.ts'
import { useNow } from '../lib/use-now.ts'
import { Icon } from '../ui/icon.tsx'
import { LogoMark } from '../ui/logo.tsx'
import styles from './call-head.module.css'

interface CallHeadProps {
  readonly link: string
  readonly copy: { readonly state: CopyState; readonly copy: () => void }
}

/** Where one is, with whom, and how to bring others. */
export function CallHead({ link, copy }: CallHeadProps) {
  const { room: texts } = useMessages()
  const room = useRoom()
  const name = useStore(room.roomId) ?? ''
  const people = useParticipants().length + 1
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <header className={styles.head}>
      <LogoMark size={32} />
      <div className={styles.where}>
        <h1 ref={heading} tabIndex={-1} className={styles.room}>
          {name}
        </h1>
        <p className={styles.facts}>
          <Icon name="people" size={18} />
          <span data-testid="people-count">{texts.count(people)}</span>
          <Elapsed />
        </p>
      </div>
      <CopyLink link={link} copy={copy} />
    </header>
  )
}

/** How long the meeting has been going on. Not read out: it would never end. */
function Elapsed() {
  const startedAt = useStore(useRoom().startedAt)
  const now = useNow(1000)
  if (startedAt === null) return null
  return (
    <time className={styles.clock} aria-hidden="true">
      {clock(now - startedAt)}
    </time>
  )
}

function CopyLink({ link, copy: { state, copy } }: CallHeadProps) {
  const { control } = useMessages()
  if (state === 'failed') {
    return (
      <input
        className={styles.manual}
        readOnly
        aria-label={control.copyFailed}
        value={link}
        autoFocus
        onFocus={(event) => {
          event.currentTarget.select()
        }}
      />
    )
  }
  const copied = state === 'copied'
  return (
    <>
      <button type="button" className={styles.copy} data-testid="copy-link-button" aria-label={control.copyLink} onClick={copy}>
        <Icon name={copied ? 'check' : 'copy'} size={20} />
        <span className={styles.copyWord} aria-hidden="true">
          {copied ? control.copied : control.copyLink}
        </span>
      </button>
      <span role="status" className={styles.unseen}>
        {copied ? control.copied : ''}
      </span>
    </>
  )
}
