import { initials, shadeOf } from '../lib/initials.ts'
import styles from './avatar.module.css'
import { cx } from './cx.ts'
import { Icon } from './icon.tsx'

const SHADES = [styles.sea, styles.kelp, styles.coral, styles.dusk, styles.plum, styles.sand]

/** A person without a picture: initials on a colour of their own. Decorative, since the name stands beside it. */
export function Avatar({ name, className }: { readonly name: string; readonly className?: string | undefined }) {
  const letters = initials(name)
  return (
    <span className={cx(styles.avatar, SHADES[shadeOf(name, SHADES.length)], className)} aria-hidden="true">
      {letters === '' ? <Icon name="person" className={styles.sign} /> : letters}
    </span>
  )
}
