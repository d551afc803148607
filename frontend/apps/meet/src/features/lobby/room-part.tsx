import { useMessages } from '../../i18n/index.tsx'
import { inviteLink } from '../../lib/invite.ts'
import { useCopy } from '../../lib/use-copy.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import styles from './room-part.module.css'
import type { RoomChoice } from './use-room-choice.ts'

/** Shows which meeting it will be, with its link to hand on. */
export function RoomPart({ choice }: { readonly choice: RoomChoice }) {
  const { lobby } = useMessages()
  if (choice.typed !== undefined) return <LinkField typed={choice.typed} room={choice.room} onType={choice.type} />
  return (
    <div className={styles.part}>
      <p className={styles.title}>{choice.invited ? lobby.room : lobby.roomNew}</p>
      {choice.room !== undefined && <RoomLine room={choice.room} />}
      {!choice.invited && (
        <button
          type="button"
          className={styles.switch}
          onClick={() => {
            choice.type('')
          }}
        >
          {lobby.haveLink}
        </button>
      )}
    </div>
  )
}

function RoomLine({ room }: { readonly room: string }) {
  const { control } = useMessages()
  const { state, copy } = useCopy(inviteLink(location.origin, room))
  return (
    <>
      <div className={styles.line}>
        <span className={styles.room} data-testid="room-name">
          {room}
        </span>
        <Button
          look="quiet"
          icon={state === 'copied' ? 'check' : 'copy'}
          className={styles.copy}
          onClick={copy}
          data-testid="copy-link-button"
        >
          {state === 'copied' ? control.copied : control.copyLink}
        </Button>
      </div>
      {state === 'failed' && (
        <input
          className={styles.manual}
          readOnly
          aria-label={control.copyFailed}
          value={inviteLink(location.origin, room)}
          onFocus={(event) => {
            event.currentTarget.select()
          }}
        />
      )}
    </>
  )
}

interface LinkFieldProps {
  readonly typed: string
  readonly room: string | undefined
  readonly onType: (text: string | undefined) => void
}

function LinkField({ typed, room, onType }: LinkFieldProps) {
  const { lobby } = useMessages()
  return (
    <div className={styles.part}>
      <TextField
        label={lobby.pasteLink}
        hint={lobby.pasteHint}
        problem={typed.trim() !== '' && room === undefined ? lobby.pasteWrong : undefined}
        value={typed}
        autoFocus
        autoCapitalize="off"
        autoComplete="off"
        spellCheck={false}
        inputMode="url"
        data-testid="room-input"
        onChange={(event) => {
          onType(event.currentTarget.value)
        }}
      />
      <button
        type="button"
        className={styles.switch}
        onClick={() => {
          onType(undefined)
        }}
      >
        {lobby.useNew}
      </button>
    </div>
  )
}
