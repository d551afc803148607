import { useRoom, useRoomEvent } from '@seameet/react'
import { useEffect, useEffectEvent } from 'react'
import type { Messages } from '../../i18n/index.tsx'
import { useMessages } from '../../i18n/index.tsx'
import { deviceHelp } from '../../lib/device-help.ts'
import { platformOf } from '../../lib/platform.ts'
import { IconButton } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import type { ToastList } from './toast-list.ts'
import styles from './toasts.module.css'

/** Shows short notes about devices and wishes. They leave by themselves and can be closed. */
export function Toasts({ list }: { readonly list: ToastList }) {
  const { app } = useMessages()
  useNews(list.show)
  return (
    <div className={styles.toasts} role="status">
      {list.toasts.map((toast) => (
        <div key={toast.key} className={styles.toast} data-testid="toast">
          <Icon name="alert" size={20} />
          <p>{toast.text}</p>
          <IconButton
            icon="close"
            label={app.close}
            onClick={() => {
              list.close(toast.key)
            }}
          />
        </div>
      ))}
    </div>
  )
}

/** Turns what happens to devices and requests into notes. */
function useNews(show: (text: string) => void): void {
  const { device, deviceHelp: help, control } = useMessages()
  const { devices } = useRoom()
  useRoomEvent('publish-failed', ({ source, error }) => {
    if (source !== 'microphone' && source !== 'camera') show(control.shareFailed)
    else show(noteOf(deviceHelp([source], error.code, platformOf(navigator.userAgent), help)))
  })
  useRoomEvent('request-failed', ({ error }) => {
    if (error.code === 'policy/rate-limited') show(control.tooFast)
    else show(error.code === 'policy/not-permitted' ? control.notPermitted : control.refused)
  })
  const tell = useEffectEvent(show)
  useEffect(() => {
    const stops = [
      devices.on('device-lost', ({ lost, replacement }) => {
        tell(lostText(device, lost.label, replacement?.label))
      }),
      devices.on('device-restored', ({ device: restored }) => {
        tell(device.restored(restored.label))
      }),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }, [devices, device])
}

function noteOf(help: { readonly title: string; readonly steps: readonly string[] }): string {
  return [help.title, ...help.steps.slice(0, 1)].join('. ')
}

function lostText(texts: Messages['device'], lost: string, replacement: string | undefined): string {
  return replacement === undefined ? texts.lostAll(lost) : texts.lost(lost, replacement)
}
