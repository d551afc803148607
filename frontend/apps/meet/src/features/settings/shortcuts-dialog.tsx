import { useStore } from '@seameet/react'
import { useMessages } from '../../i18n/index.tsx'
import { preferences } from '../../lib/preferences.ts'
import { SHORTCUTS } from '../../lib/shortcuts.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { SwitchField } from '../../ui/field.tsx'
import styles from './shortcuts-dialog.module.css'

interface ShortcutsDialogProps {
  readonly open: boolean
  readonly onClose: () => void
}

/** Lists the keys, with the switch that turns them off. */
export function ShortcutsDialog({ open, onClose }: ShortcutsDialogProps) {
  const { shortcuts, settings } = useMessages()
  const enabled = useStore(preferences.shortcuts)
  return (
    <Dialog open={open} onClose={onClose} title={shortcuts.title}>
      <dl className={styles.list} data-enabled={enabled}>
        {SHORTCUTS.map(({ key, action }) => (
          <div key={key} className={styles.row}>
            <dt>{shortcuts[action]}</dt>
            <dd>
              <kbd className={styles.key}>{key.toUpperCase()}</kbd>
            </dd>
          </div>
        ))}
        <div className={styles.row}>
          <dt>{shortcuts.escape}</dt>
          <dd>
            <kbd className={styles.key}>{shortcuts.escapeKey}</kbd>
          </dd>
        </div>
      </dl>
      <p className={styles.note}>{enabled ? shortcuts.hint : shortcuts.off}</p>
      <SwitchField
        label={settings.shortcuts}
        hint={settings.shortcutsHint}
        checked={enabled}
        onChange={preferences.shortcuts.set}
      />
    </Dialog>
  )
}
