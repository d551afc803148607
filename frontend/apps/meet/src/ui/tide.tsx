import styles from './tide.module.css'

/** A still sea along the lower edge of a page. Only decoration. */
export function Tide() {
  return (
    <svg className={styles.tide} viewBox="0 0 1440 220" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <path
        className={styles.far}
        d="M0 92c180 0 240-60 420-60s240 60 420 60 240-60 420-60c80 0 130 12 180 28v160H0z"
      />
      <path
        className={styles.near}
        d="M0 140c120-8 210-44 360-44s240 56 420 56 270-64 450-64c90 0 150 16 210 34v98H0z"
      />
    </svg>
  )
}
