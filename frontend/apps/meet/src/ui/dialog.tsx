import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { useMessages } from '../i18n/index.tsx'
import { IconButton } from './button.tsx'
import styles from './dialog.module.css'

interface DialogProps {
  readonly open: boolean
  readonly onClose: () => void
  readonly title: string
  readonly children: ReactNode
}

/**
 * A window above the page that keeps the focus and gives it back. The backdrop is our own: Radix' would lock
 * scrolling through a `<style>` element, which a policy of `style-src 'self'` refuses.
 */
export function Dialog({ open, onClose, title, children }: DialogProps) {
  const { app } = useMessages()
  return (
    <Radix.Root
      open={open}
      onOpenChange={(next) => {
        if (!next) onClose()
      }}
    >
      <Radix.Portal>
        <div className={styles.backdrop} aria-hidden="true" />
        <Radix.Content className={styles.window} aria-describedby={undefined}>
          <header className={styles.head}>
            <Radix.Title className={styles.title}>{title}</Radix.Title>
            <Radix.Close asChild>
              <IconButton label={app.close} icon="close" />
            </Radix.Close>
          </header>
          <div className={styles.body}>{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
