import { useLocal } from '@seameet/react'
import { Popover } from 'radix-ui'
import { useState } from 'react'
import { useMessages } from '../../i18n/index.tsx'
import { ControlButton } from './control-button.tsx'
import { ReactionRow } from './reaction-row.tsx'
import styles from './menu.module.css'

/** Offers the reactions beside the bar. */
export function ReactMenu({ host }: { readonly host: HTMLElement | null }) {
  const { control } = useMessages()
  const local = useLocal()
  const [open, setOpen] = useState(false)
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <ControlButton icon="smile" word={control.react} label={control.reactMenu} spare />
      </Popover.Trigger>
      <Popover.Portal container={host}>
        <Popover.Content
          className={styles.popover}
          side="top"
          sideOffset={14}
          collisionPadding={12}
          aria-label={control.reactMenu}
        >
          <ReactionRow
            onReact={(reaction) => {
              local.react(reaction)
              setOpen(false)
            }}
          />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}
