import type { InputHTMLAttributes, ReactNode, SelectHTMLAttributes } from 'react'
import { useId } from 'react'
import { cx } from './cx.ts'
import styles from './field.module.css'
import { Icon } from './icon.tsx'
import type { IconName } from './icons.ts'

interface TextFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'id'> {
  readonly label: string
  readonly hint?: string
  readonly problem?: string | undefined
}

/** One line of text with its label, a hint, and what is wrong with it. */
export function TextField({ label, hint, problem, ...rest }: TextFieldProps) {
  const id = useId()
  const note = problem ?? hint
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      <input
        {...rest}
        id={id}
        className={styles.input}
        aria-invalid={problem === undefined ? undefined : true}
        aria-describedby={note === undefined ? undefined : `${id}-note`}
      />
      {note !== undefined && (
        <p id={`${id}-note`} className={cx(styles.note, problem !== undefined && styles.problem)}>
          {problem !== undefined && <Icon name="alert" size={18} />}
          {note}
        </p>
      )}
    </div>
  )
}

interface SelectFieldProps extends Omit<SelectHTMLAttributes<HTMLSelectElement>, 'id'> {
  readonly label: string
  readonly icon: IconName
  /** The label is only read out; the sign stands for it. */
  readonly compact?: boolean
  readonly children: ReactNode
}

/** A choice among few. The browser's own list: it works with every finger, key and reader. */
export function SelectField({ label, icon, compact = false, children, ...rest }: SelectFieldProps) {
  const id = useId()
  return (
    <div className={styles.field}>
      <label className={compact ? styles.unseen : styles.label} htmlFor={id}>
        {label}
      </label>
      <div className={styles.select}>
        <Icon name={icon} size={20} className={styles.sign} />
        <select {...rest} id={id}>
          {children}
        </select>
        <Icon name="down" size={18} className={styles.arrow} />
      </div>
    </div>
  )
}

interface SwitchFieldProps {
  readonly label: string
  readonly hint?: string
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
}

/** Something that is on or off. */
export function SwitchField({ label, hint, checked, onChange }: SwitchFieldProps) {
  const id = useId()
  return (
    <div className={styles.switchRow}>
      <div>
        <label className={styles.switchLabel} htmlFor={id}>
          {label}
        </label>
        {hint !== undefined && (
          <p id={`${id}-note`} className={styles.note}>
            {hint}
          </p>
        )}
      </div>
      <input
        id={id}
        type="checkbox"
        role="switch"
        className={styles.switch}
        checked={checked}
        aria-describedby={hint === undefined ? undefined : `${id}-note`}
        onChange={(event) => {
          onChange(event.currentTarget.checked)
        }}
      />
    </div>
  )
}
