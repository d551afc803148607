import type { ReactNode } from 'react'
import styles from './reaction-sign.module.css'

const FACE = <circle className={styles.skin} cx="16" cy="16" r="12" />

/** What is drawn for each reaction. Own drawings look the same everywhere, also where no font has the emoji. */
const DRAWINGS: ReadonlyMap<string, ReactNode> = new Map<string, ReactNode>([
  [
    '👍',
    <>
      <rect className={styles.sea} x="4.5" y="14" width="5.5" height="13" rx="2" />
      <path
        className={styles.skin}
        d="M11.5 15.2l4.4-9.4c2-.2 3.3 1.2 3.3 3.3 0 1.6-.5 3-.9 4.2h5.7c2 0 3.3 1.6 2.9 3.5l-1.7 7.5c-.4 1.7-1.7 2.7-3.3 2.7H11.5z"
      />
    </>,
  ],
  [
    '❤️',
    <path
      key="heart"
      className={styles.coral}
      d="M16 27.3C9.3 22.7 4.5 18.3 4.5 12.8 4.5 9.1 7.3 6.3 10.8 6.3c2.1 0 4 1 5.2 2.8 1.2-1.8 3.1-2.8 5.2-2.8 3.5 0 6.3 2.8 6.3 6.5 0 5.5-4.8 9.9-11.5 14.5z"
    />,
  ],
  [
    '👏',
    <>
      <g transform="rotate(-24 12 19)">
        <rect className={styles.skin} x="7" y="8" width="9.5" height="19" rx="4.7" />
      </g>
      <g transform="rotate(20 20 19)">
        <rect className={styles.skin} x="15.5" y="9" width="9.5" height="18.5" rx="4.7" />
      </g>
      <path className={styles.line} d="M16 3v3.5M9.8 4.2l1.4 2.6M22.2 4.2l-1.4 2.6" />
    </>,
  ],
  [
    '😂',
    <>
      {FACE}
      <path className={styles.line} d="M9.5 13.6c.8-1.7 3-1.7 3.8 0M18.7 13.6c.8-1.7 3-1.7 3.8 0" />
      <path className={styles.dark} d="M9.5 17.3h13c0 4-2.9 6.7-6.5 6.7s-6.5-2.7-6.5-6.7z" />
      <path className={styles.tear} d="M7.6 14.6c1.5 2 1.9 4.8.2 5.7-1.7.8-3.2-1-2.6-2.8.4-1.2 1.4-2.2 2.4-2.9z" />
      <path className={styles.tear} d="M24.4 14.6c-1.5 2-1.9 4.8-.2 5.7 1.7.8 3.2-1 2.6-2.8-.4-1.2-1.4-2.2-2.4-2.9z" />
    </>,
  ],
  [
    '😮',
    <>
      {FACE}
      <circle className={styles.dark} cx="11.7" cy="13" r="1.7" />
      <circle className={styles.dark} cx="20.3" cy="13" r="1.7" />
      <ellipse className={styles.dark} cx="16" cy="20.8" rx="3" ry="3.8" />
    </>,
  ],
  [
    '🎉',
    <>
      <path className={styles.sea} d="M5 27.5L11 12c3.7 1 7.7 5 8.9 8.9z" />
      <path className={styles.line} d="M17 11c.4-3 2-4.5 4-5M20.5 15.5c2.5-1.2 4.8-1 6.5.5" />
      <circle className={styles.coral} cx="24.5" cy="9" r="2" />
      <circle className={styles.skin} cx="14.5" cy="6" r="1.8" />
      <circle className={styles.tear} cx="25.5" cy="21.5" r="1.8" />
    </>,
  ],
])

/** The reactions one may send, in the order they are offered. */
export const REACTIONS: readonly string[] = [...DRAWINGS.keys()]

/** Draws a reaction. Decorative: its name stands beside it. Nothing for a reaction that the app does not know. */
export function ReactionSign({ reaction, size = 28 }: { readonly reaction: string; readonly size?: number }) {
  const drawing = DRAWINGS.get(reaction)
  if (drawing === undefined) return null
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      {drawing}
    </svg>
  )
}
