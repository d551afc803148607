import { useStore } from '@seameet/react'
import { useEffect, useEffectEvent } from 'react'
import { preferences } from '../lib/preferences.ts'
import type { ShortcutAction } from '../lib/shortcuts.ts'
import { shortcutOf } from '../lib/shortcuts.ts'

/** Runs the action of a single key while the preference allows it. */
export function useShortcuts(actions: Readonly<Record<ShortcutAction, () => void>>): void {
  const enabled = useStore(preferences.shortcuts)
  const press = useEffectEvent((event: KeyboardEvent) => {
    const action = shortcutOf(event)
    if (action === undefined) return
    event.preventDefault()
    actions[action]()
  })
  useEffect(() => {
    if (!enabled) return
    const listener = (event: KeyboardEvent) => press(event)
    document.addEventListener('keydown', listener)
    return () => {
      document.removeEventListener('keydown', listener)
    }
  }, [enabled])
}
