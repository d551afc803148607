import { useRoom, useStore, useUnread } from '@seameet/react'
import { useMemo, useState } from 'react'
import { ChatPanel } from '../features/chat/chat-panel.tsx'
import { callActions } from '../features/controls/call-actions.ts'
import { ControlBar } from '../features/controls/control-bar.tsx'
import { AudioBanner } from '../features/notices/audio-banner.tsx'
import { ConnectionBanner } from '../features/notices/connection-banner.tsx'
import { LiveRegion } from '../features/notices/live-region.tsx'
import { useToastList } from '../features/notices/toast-list.ts'
import { Toasts } from '../features/notices/toasts.tsx'
import { WeakBanner } from '../features/notices/weak-banner.tsx'
import { QualityDialog } from '../features/quality/quality-dialog.tsx'
import { SettingsDialog } from '../features/settings/settings-dialog.tsx'
import { ShortcutsDialog } from '../features/settings/shortcuts-dialog.tsx'
import { Stage } from '../features/stage/stage.tsx'
import { useMessages } from '../i18n/index.tsx'
import { inviteLink } from '../lib/invite.ts'
import { useCopy } from '../lib/use-copy.ts'
import { useMediaQuery } from '../lib/use-media-query.ts'
import { CallHead } from './call-head.tsx'
import styles from './call.module.css'
import { useShortcuts } from './use-shortcuts.ts'
import { useWakeLock } from './use-wake-lock.ts'

/** At this width the chat covers the stage instead of standing beside it. */
const NARROW = '(max-width: 52rem)'

type Open = 'settings' | 'shortcuts' | 'quality' | null

/** The call itself. */
export function Call({ onLeave }: { readonly onLeave: () => void }) {
  const { app, control } = useMessages()
  const room = useRoom()
  const narrow = useMediaQuery(NARROW)
  const link = inviteLink(location.origin, useStore(room.roomId) ?? '')
  const linkCopy = useCopy(link)
  const chat = useChatToggle()
  const [dialog, setDialog] = useState<Open>(null)
  const toasts = useToastList()
  const { show } = toasts
  const actions = useMemo(
    () =>
      callActions(room, () => {
        show(control.shareFailed)
      }),
    [room, show, control],
  )
  useWakeLock()
  const close = () => {
    setDialog(null)
  }
  useShortcuts({
    microphone: actions.toggleMicrophone,
    camera: actions.toggleCamera,
    screen: actions.toggleScreen,
    hand: actions.toggleHand,
    chat: chat.toggle,
    quality: () => {
      setDialog('quality')
    },
    help: () => {
      setDialog('shortcuts')
    },
  })
  return (
    <div className={styles.call} data-chat={chat.open}>
      <a className={styles.skip} href="#content">
        {app.skipToContent}
      </a>
      <CallHead link={link} copy={linkCopy} />
      <section className={styles.notices} aria-label={app.notices}>
        <ConnectionBanner />
        <WeakBanner
          onDetails={() => {
            setDialog('quality')
          }}
        />
        <AudioBanner />
        <Toasts list={toasts} />
      </section>
      <div className={styles.middle}>
        <Stage link={link} narrow={narrow} covered={narrow && chat.open} />
        {chat.open && <ChatPanel onClose={chat.toggle} />}
      </div>
      <footer className={styles.foot}>
        <ControlBar
          actions={actions}
          chat={chat}
          menu={{
            copyLink: linkCopy.copy,
            openSettings: () => {
              setDialog('settings')
            },
            openShortcuts: () => {
              setDialog('shortcuts')
            },
            openQuality: () => {
              setDialog('quality')
            },
          }}
          onLeave={onLeave}
        />
      </footer>
      <SettingsDialog open={dialog === 'settings'} onClose={close} />
      <ShortcutsDialog open={dialog === 'shortcuts'} onClose={close} />
      <QualityDialog open={dialog === 'quality'} onClose={close} />
      <LiveRegion chatOpen={chat.open} />
    </div>
  )
}

function useChatToggle() {
  const [open, setOpen] = useState(false)
  const unread = useUnread(open)
  const toggle = () => {
    setOpen((before) => !before)
  }
  return { open, unread, toggle }
}
