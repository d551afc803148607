import styles from './badge.module.css'

/** A small count on a control. The control's name says it in words. */
export function CountBadge({ count }: { readonly count: number }) {
  if (count <= 0) return null
  return (
    <span className={styles.badge} aria-hidden="true" data-testid="unread-badge">
      {count > 99 ? '99+' : count}
    </span>
  )
}

/** Something does not work. The control's name says so in words. */
export function WarningBadge() {
  return (
    <span className={styles.badge} aria-hidden="true">
      !
    </span>
  )
}
