import type { Theme } from '../lib/preferences.ts'
import { preferences } from '../lib/preferences.ts'
import { useStore } from '@seameet/react'
import { useMessages } from '../i18n/index.tsx'
import { Icon } from './icon.tsx'
import type { IconName } from './icons.ts'
import { Logo } from './logo.tsx'
import styles from './page-head.module.css'

const NEXT: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' }
const SIGNS: Readonly<Record<Theme, IconName>> = { system: 'system', light: 'sun', dark: 'moon' }

/** The top of every page that is not the call itself. */
export function PageHead() {
  return (
    <header className={styles.head}>
      <a className={styles.home} href="/">
        <Logo />
      </a>
      <ThemeButton />
    </header>
  )
}

/** Goes round: as the system, light, dark. */
function ThemeButton() {
  const { app } = useMessages()
  const theme = useStore(preferences.theme)
  const names: Readonly<Record<Theme, string>> = {
    system: app.themeSystem,
    light: app.themeLight,
    dark: app.themeDark,
  }
  return (
    <button
      type="button"
      className={styles.theme}
      onClick={() => {
        preferences.theme.set(NEXT[theme])
      }}
    >
      <Icon name={SIGNS[theme]} size={20} />
      <span>
        <span className={styles.themeTitle}>{app.theme}: </span>
        {names[theme]}
      </span>
    </button>
  )
}
