import type { Connection, ConnectionReason } from '@seameet/client'
import type { Messages } from '../../i18n/index.tsx'
import { useMessages } from '../../i18n/index.tsx'
import { Button } from '../../ui/button.tsx'
import type { IconName } from '../../ui/icons.ts'
import { MessagePage } from '../../ui/message-page.tsx'

interface EndedPageProps {
  readonly connection: Connection
  readonly busy: boolean
  readonly onRejoin: () => void
  readonly onLobby: () => void
}

/** After the call: why it is over, and the way back. */
export function EndedPage({ connection, busy, onRejoin, onLobby }: EndedPageProps) {
  const { ended, lobby } = useMessages()
  const reason = endOf(connection.reason)
  const { title, text } = ended[reason]
  const again = reason === 'replaced' ? ended.rejoinHere : ended.rejoin
  return (
    <MessagePage
      icon={SIGNS[reason]}
      tone={reason === 'gave-up' || reason === 'removed' ? 'warning' : 'calm'}
      title={title}
      actions={
        <>
          {reason !== 'removed' && (
            <Button look="primary" size="large" data-testid="rejoin-button" aria-disabled={busy} onClick={onRejoin}>
              {busy ? lobby.joining : again}
            </Button>
          )}
          <Button look={reason === 'removed' ? 'primary' : 'quiet'} size="large" onClick={onLobby}>
            {ended.lobby}
          </Button>
        </>
      }
    >
      <p>{text}</p>
      {connection.message !== null && <p>{ended.serverSays(connection.message)}</p>}
      <p>{ended.cleared}</p>
    </MessagePage>
  )
}

type End = keyof Pick<Messages['ended'], 'left' | 'removed' | 'replaced' | 'room-closed' | 'gave-up' | 'unknown'>

const SIGNS: Readonly<Record<End, IconName>> = {
  left: 'leave',
  removed: 'leave',
  replaced: 'system',
  'room-closed': 'check',
  'gave-up': 'weak',
  unknown: 'leave',
}

function endOf(reason: ConnectionReason | null): End {
  switch (reason) {
    case 'left':
    case 'removed':
    case 'replaced':
    case 'room-closed':
    case 'gave-up':
      return reason
    default:
      return 'unknown'
  }
}
