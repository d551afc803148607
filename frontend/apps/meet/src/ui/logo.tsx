import styles from './logo.module.css'

/** The mark: two people whose shoulders are one wave. */
export function LogoMark({ size = 36 }: { readonly size?: number }) {
  return (
    <svg className={styles.mark} width={size} height={size} viewBox="0 0 40 40" aria-hidden="true" focusable="false">
      <rect className={styles.ground} width="40" height="40" rx="12" />
      <circle className={styles.head} cx="13.2" cy="13.4" r="4.1" />
      <circle className={styles.head} cx="26.8" cy="13.4" r="4.1" />
      <path
        className={styles.wave}
        d="M5 30.5c0-6 3.400-10 8.200-10 4.6 0 4.4 5.4 6.8 5.4s2.200-5.4 6.800-5.4c4.8 0 8.2 4 8.2 10"
      />
    </svg>
  )
}

/** The mark with the name beside it. */
export function Logo() {
  return (
    <span className={styles.logo}>
      <LogoMark />
      <span className={styles.word}>seameet</span>
    </span>
  )
}
