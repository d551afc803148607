import { createPreference, isSwitch, isText } from './preference.ts'

/** How the page looks: as the system says, or as chosen. */
export type Theme = 'system' | 'light' | 'dark'

/** What this device remembers between visits. None of it is ever sent anywhere but the name, when one joins. */
export const preferences = {
  name: createPreference('name', '', isText),
  theme: createPreference<Theme>('theme', 'system', isTheme),
  mirror: createPreference('mirror', true, isSwitch),
  shortcuts: createPreference('shortcuts', true, isSwitch),
  announcements: createPreference('announcements', true, isSwitch),
}

function isTheme(value: unknown): value is Theme {
  return value === 'system' || value === 'light' || value === 'dark'
}

/** Keeps the document's theme in step with the preference. Returns what ends that. */
export function applyTheme(root: HTMLElement = document.documentElement): () => void {
  const apply = () => {
    const theme = preferences.theme.get()
    if (theme === 'system') delete root.dataset.theme
    else root.dataset.theme = theme
  }
  apply()
  return preferences.theme.subscribe(apply)
}
