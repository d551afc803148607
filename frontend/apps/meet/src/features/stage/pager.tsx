import { useMessages } from '../../i18n/index.tsx'
import { IconButton } from '../../ui/button.tsx'
import styles from './pager.module.css'

interface PagerProps {
  readonly page: number
  readonly pages: number
  readonly onTurn: (page: number) => void
}

/** Turns the pages of a full stage. */
export function Pager({ page, pages, onTurn }: PagerProps) {
  const { room } = useMessages()
  return (
    <nav className={styles.pager} aria-label={room.page(page + 1, pages)}>
      <IconButton
        icon="left"
        label={room.previousPage}
        aria-disabled={page === 0}
        onClick={() => {
          onTurn(Math.max(0, page - 1))
        }}
      />
      <span className={styles.count} aria-live="polite">
        {room.page(page + 1, pages)}
      </span>
      <IconButton
        icon="right"
        label={room.nextPage}
        aria-disabled={page >= pages - 1}
        onClick={() => {
          onTurn(Math.min(pages - 1, page + 1))
        }}
      />
    </nav>
  )
}
