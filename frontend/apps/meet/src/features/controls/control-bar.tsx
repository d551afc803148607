import type { LocalPublication } from '@seameet/client'
import { useLocal, useStore } from '@seameet/react'
import { useEffect, useRef, useState } from 'react'
import { useMessages } from '../../i18n/index.tsx'
import type { IconName } from '../../ui/icons.ts'
import { CountBadge, WarningBadge } from './badge.tsx'
import type { CallActions } from './call-actions.ts'
import { canShareScreen } from './call-actions.ts'
import styles from './control-bar.module.css'
import { ControlButton } from './control-button.tsx'
import type { MenuActions } from './more-menu.tsx'
import { MoreMenu } from './more-menu.tsx'
import { ReactMenu } from './react-menu.tsx'

interface ControlBarProps {
  readonly actions: CallActions
  readonly menu: MenuActions
  readonly chat: ChatControl
  readonly onLeave: () => void
}

/** What the chat's button needs. */
export interface ChatControl {
  readonly open: boolean
  readonly unread: number
  readonly toggle: () => void
}

/** The controls of the call, along the lower edge. */
export function ControlBar({ actions, menu, chat, onLeave }: ControlBarProps) {
  const { control } = useMessages()
  const local = useLocal()
  const raised = useStore(local.handRaised)
  // What the bar opens belongs to it for those who walk the page by its regions.
  const [host, setHost] = useState<HTMLElement | null>(null)
  return (
    <section className={styles.bar} aria-label={control.bar}>
      <div className={styles.controls}>
      <div className={styles.row}>
        <DeviceButton
          publication={local.microphone}
          names={[control.turnOnMicrophone, control.turnOffMicrophone]}
          signs={['mic-off', 'mic']}
          word={control.microphone}
          testId="mic-button"
          onToggle={actions.toggleMicrophone}
        />
        <DeviceButton
          publication={local.camera}
          names={[control.turnOnCamera, control.turnOffCamera]}
          signs={['camera-off', 'camera']}
          word={control.camera}
          testId="camera-button"
          onToggle={actions.toggleCamera}
        />
        {canShareScreen() && <ShareButton onToggle={actions.toggleScreen} />}
        <ChatButton chat={chat} />
        <ControlButton
          icon="hand"
          word={control.hand}
          label={raised ? control.lowerHand : control.raiseHand}
          look={raised ? 'active' : 'plain'}
          spare
          data-testid="hand-button"
          onClick={actions.toggleHand}
        />
        <ReactMenu host={host} />
        <MoreMenu host={host} actions={actions} menu={menu} />
        <ControlButton
          icon="leave"
          word={control.leave}
          label={control.leaveCall}
          look="leave"
          data-testid="leave-button"
          className={styles.leave}
          onClick={onLeave}
        />
      </div>
      </div>
      <div ref={setHost} />
    </section>
  )
}

interface DeviceButtonProps {
  readonly publication: LocalPublication
  /** Names and signs, for off and for on. */
  readonly names: readonly [string, string]
  readonly signs: readonly [IconName, IconName]
  readonly word: string
  readonly testId: string
  readonly onToggle: () => void
}

function DeviceButton({ publication, names, signs, word, testId, onToggle }: DeviceButtonProps) {
  const { control } = useMessages()
  const wanted = useStore(publication.wanted)
  const failed = useStore(publication.state) === 'failed'
  const at = wanted ? 1 : 0
  return (
    <ControlButton
      icon={signs[at]}
      word={word}
      label={failed ? `${names[at]} (${control.failed})` : names[at]}
      look={wanted && !failed ? 'plain' : 'off'}
      badge={failed && <WarningBadge />}
      data-testid={testId}
      onClick={onToggle}
    />
  )
}

function ShareButton({ onToggle }: { readonly onToggle: () => void }) {
  const { control } = useMessages()
  const { screen } = useLocal()
  const sharing = useStore(screen.wanted)
  return (
    <ControlButton
      icon={sharing ? 'screen-stop' : 'screen'}
      word={sharing ? control.sharing : control.share}
      label={sharing ? control.stopShare : control.startShare}
      look={sharing ? 'active' : 'plain'}
      spare
      data-testid="screen-button"
      onClick={onToggle}
    />
  )
}

function ChatButton({ chat }: { readonly chat: ChatControl }) {
  const { control } = useMessages()
  const button = useRef<HTMLButtonElement>(null)
  const wasOpen = useRef(false)
  useEffect(() => {
    // The panel took the focus away with it; whoever closed it goes on from its button.
    const lost = document.activeElement === null || document.activeElement === document.body
    if (wasOpen.current && !chat.open && lost) button.current?.focus()
    wasOpen.current = chat.open
  }, [chat.open])
  const opens = chat.unread > 0 ? control.openChatUnread(chat.unread) : control.openChat
  return (
    <ControlButton
      ref={button}
      icon="chat"
      word={control.chat}
      label={chat.open ? control.closeChat : opens}
      badge={<CountBadge count={chat.open ? 0 : chat.unread} />}
      data-state={chat.open ? 'open' : 'closed'}
      data-testid="chat-button"
      onClick={chat.toggle}
    />
  )
}
