import type { Messages } from '../../i18n/index.tsx'
import { useMessages } from '../../i18n/index.tsx'
import { useRoom, useRoomEvent } from '@seameet/react'
import { useEffect, useEffectEvent, useState } from 'react'
import { deviceHelp } from '../../lib/device-help.ts'
import { platformOf } from '../../lib/platform.ts'
import { IconButton } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import styles from './toasts.module.css'

/** The newest few are enough; older ones give way. */
const MOST_SHOWN = 3
const SHOWN_MS = 8000

interface Toast {
  readonly key: number
  readonly text: string
}

/** Short notes about what happened to devices and wishes. They leave by themselves and can be closed. */
export function Toasts() {
  const { app, ...texts } = useMessages()
  const { devices } = useRoom()
  const { toasts, show, close } = useToastList()
  useRoomEvent('publish-failed', ({ source, error }) => {
    if (source !== 'microphone' && source !== 'camera') return
    const help = deviceHelp([source], error.code, platformOf(navigator.userAgent), texts.deviceHelp)
    show([help.title, help.steps[0]].join('. '))
  })
  const onLost = useEffectEvent((text: string) => show(text))
  useEffect(() => {
    const stops = [
      devices.on('device-lost', ({ lost, replacement }) => {
        onLost(lostText(texts.device, lost.label, replacement?.label))
      }),
      devices.on('device-restored', ({ device }) => {
        onLost(texts.device.restored(device.label))
      }),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }, [devices, texts.device])
  return (
    <div className={styles.toasts} role="status">
      {toasts.map((toast) => (
        <div key={toast.key} className={styles.toast} data-testid="toast">
          <Icon name="alert" size={20} />
          <p>{toast.text}</p>
          <IconButton
            icon="close"
            label={app.close}
            onClick={() => {
              close(toast.key)
            }}
          />
        </div>
      ))}
    </div>
  )
}

function lostText(texts: Messages['device'], lost: string, replacement: string | undefined): string {
  return replacement === undefined ? texts.lostAll(lost) : texts.lost(lost, replacement)
}

function useToastList() {
  const [toasts, setToasts] = useState<readonly Toast[]>([])
  const oldest = toasts[0]
  const close = (key: number) => {
    setToasts((before) => before.filter((toast) => toast.key !== key))
  }
  useEffect(() => {
    if (oldest === undefined) return
    const timer = setTimeout(() => {
      setToasts((before) => before.filter((toast) => toast !== oldest))
    }, SHOWN_MS)
    return () => {
      clearTimeout(timer)
    }
  }, [oldest])
  return {
    toasts,
    close,
    show: (text: string) => {
      setToasts((before) => [...before, { key: (before.at(-1)?.key ?? 0) + 1, text }].slice(-MOST_SHOWN))
    },
  }
}
