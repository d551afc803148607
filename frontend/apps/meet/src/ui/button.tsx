import type { ButtonHTMLAttributes, Ref } from 'react'
import styles from './button.module.css'
import { cx } from './cx.ts'
import { Icon } from './icon.tsx'
import type { IconName } from './icons.ts'

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: 'primary' | 'soft' | 'quiet' | 'danger'
  readonly size?: 'normal' | 'large'
  readonly icon?: IconName
  /** Fills the width it is given. */
  readonly wide?: boolean
  readonly ref?: Ref<HTMLButtonElement>
}

/** A button with words. */
export function Button({ look = 'soft', size = 'normal', icon, wide, className, children, ...rest }: ButtonProps) {
  const classes = cx(styles.button, styles[look], styles[size], wide === true && styles.wide, className)
  return (
    <button type="button" {...rest} className={classes}>
      {icon !== undefined && <Icon name={icon} size={20} />}
      <span>{children}</span>
    </button>
  )
}

interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children'> {
  /** What it does, for those who do not see the sign. */
  readonly label: string
  readonly icon: IconName
  readonly ref?: Ref<HTMLButtonElement>
}

/** A button that shows only a sign. */
export function IconButton({ label, icon, className, ...rest }: IconButtonProps) {
  return (
    <button type="button" title={label} {...rest} aria-label={label} className={cx(styles.icon, className)}>
      <Icon name={icon} size={22} />
    </button>
  )
}
