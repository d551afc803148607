import type { ReactNode } from 'react'
import { useEffect, useRef } from 'react'
import type { IconName } from './icons.ts'
import { Icon } from './icon.tsx'
import styles from './message-page.module.css'
import { PageHead } from './page-head.tsx'
import { Tide } from './tide.tsx'

interface MessagePageProps {
  readonly icon: IconName
  readonly tone: 'calm' | 'warning'
  readonly title: string
  readonly children: ReactNode
  /** The one obvious button, and what else may be done. */
  readonly actions: ReactNode
}

/** A page that says one thing and offers what to do next. */
export function MessagePage({ icon, tone, title, children, actions }: MessagePageProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <div className={styles.page}>
      <Tide />
      <PageHead />
      <main className={styles.main} id="content">
        <span className={styles.sign} data-tone={tone}>
          <Icon name={icon} size={36} />
        </span>
        <h1 ref={heading} tabIndex={-1} className={styles.title}>
          {title}
        </h1>
        <div className={styles.text}>{children}</div>
        <div className={styles.actions}>{actions}</div>
      </main>
    </div>
  )
}
