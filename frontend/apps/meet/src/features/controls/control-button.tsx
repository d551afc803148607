import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react'
import { cx } from '../../ui/cx.ts'
import { Icon } from '../../ui/icon.tsx'
import type { IconName } from '../../ui/icons.ts'
import styles from './control-button.module.css'

interface ControlButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'aria-label'> {
  readonly icon: IconName
  /** The short word under the sign. */
  readonly word: string
  /** What pressing it does now. Contains the word, so that speech control finds it. */
  readonly label: string
  readonly look?: 'plain' | 'off' | 'active' | 'leave'
  /** Something small on the sign: a count, a warning. */
  readonly badge?: ReactNode
  /** Left out first when there is little room; what it does is in the menu then. */
  readonly spare?: boolean
  readonly ref?: Ref<HTMLButtonElement>
}

/** One control of the call: a sign, a word, and a name that says what it does. */
export function ControlButton({ icon, word, label, look = 'plain', badge, spare, className, ...rest }: ControlButtonProps) {
  return (
    <button
      type="button"
      title={label}
      {...rest}
      aria-label={label}
      className={cx(styles.control, styles[look], spare === true && styles.spare, className)}
    >
      <span className={styles.sign}>
        <Icon name={icon} />
        {badge}
      </span>
      <span className={styles.word} aria-hidden="true">
        {word}
      </span>
    </button>
  )
}
