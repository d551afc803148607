import styles from './bars.module.css'

const BARS = [1, 2, 3, 4]

/** Strength as bars. The word beside it says the same, so it is not read out. */
export function Bars({ lit }: { readonly lit: number }) {
  return (
    <svg className={styles.bars} viewBox="0 0 18 16" width="18" height="16" aria-hidden="true" data-lit={lit}>
      {BARS.filter((bar) => lit > 0 || bar > 2).map((bar) => (
        <rect
          key={bar}
          className={bar <= lit ? styles.lit : styles.dim}
          x={(bar - 1) * 4.75}
          y={16 - bar * 3.6 - 1}
          width="3.25"
          height={bar * 3.6 + 1}
          rx="1.4"
        />
      ))}
      {lit === 0 && <path className={styles.none} d="M1 8.5l6 6M7 8.5l-6 6" />}
    </svg>
  )
}
