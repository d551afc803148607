import { useLocal, useStore } from '@seameet/react'
import { DropdownMenu } from 'radix-ui'
import type { ReactNode } from 'react'
import { useMessages } from '../../i18n/index.tsx'
import { cx } from '../../ui/cx.ts'
import { Icon } from '../../ui/icon.tsx'
import type { IconName } from '../../ui/icons.ts'
import { REACTIONS, ReactionSign } from '../../ui/reaction-sign.tsx'
import type { CallActions } from './call-actions.ts'
import { canShareScreen } from './call-actions.ts'
import { ControlButton } from './control-button.tsx'
import styles from './menu.module.css'

/** What the menu opens. */
export interface MenuActions {
  readonly copyLink: () => void
  readonly openSettings: () => void
  readonly openShortcuts: () => void
  readonly openQuality: () => void
}

interface MoreMenuProps {
  /** Where in the page the menu is put. */
  readonly host: HTMLElement | null
  readonly actions: CallActions
  readonly menu: MenuActions
}

/** What is needed seldom, and on a phone what the bar has no room for. */
export function MoreMenu({ host, actions, menu }: MoreMenuProps) {
  const { control } = useMessages()
  const local = useLocal()
  const raised = useStore(local.handRaised)
  const sharing = useStore(local.screen.wanted)
  return (
    // Not modal: a modal menu would lock scrolling through a `<style>` element, which the page's policy refuses.
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <ControlButton icon="more" word={control.more} label={control.moreMenu} data-testid="more-button" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal container={host}>
        <DropdownMenu.Content
          className={cx(styles.popover, styles.menu)}
          side="top"
          sideOffset={14}
          collisionPadding={12}
        >
          <ReactionItems />
          <Item icon="hand" spare onSelect={actions.toggleHand}>
            {raised ? control.lowerHand : control.raiseHand}
          </Item>
          {canShareScreen() && (
            <Item icon={sharing ? 'screen-stop' : 'screen'} spare onSelect={actions.toggleScreen}>
              {sharing ? control.stopShare : control.startShare}
            </Item>
          )}
          <Item icon="copy" onSelect={menu.copyLink}>
            {control.copyLink}
          </Item>
          <Item icon="settings" onSelect={menu.openSettings}>
            {control.settings}
          </Item>
          <Item icon="quality" onSelect={menu.openQuality}>
            {control.quality}
          </Item>
          <Item icon="keyboard" onSelect={menu.openShortcuts}>
            {control.shortcuts}
          </Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

interface ItemProps {
  readonly icon: IconName
  readonly spare?: boolean
  readonly onSelect: () => void
  readonly children: ReactNode
}

function Item({ icon, spare, onSelect, children }: ItemProps) {
  return (
    <DropdownMenu.Item className={cx(styles.item, spare === true && styles.narrowOnly)} onSelect={onSelect}>
      <Icon name={icon} size={20} />
      {children}
    </DropdownMenu.Item>
  )
}

/** The reactions as menu items, so that arrow keys reach them. */
function ReactionItems() {
  const { control, reaction: nameOf } = useMessages()
  const local = useLocal()
  return (
    <DropdownMenu.Group className={cx(styles.reactions, styles.narrowOnly)}>
      {REACTIONS.map((reaction) => (
        <DropdownMenu.Item
          key={reaction}
          className={styles.reaction}
          aria-label={control.reactWith(nameOf(reaction))}
          onSelect={() => {
            local.react(reaction)
          }}
        >
          <ReactionSign reaction={reaction} />
        </DropdownMenu.Item>
      ))}
    </DropdownMenu.Group>
  )
}
