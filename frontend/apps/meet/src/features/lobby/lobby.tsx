import type { Devices } from '@seameet/client'
import { usePreview, useStore } from '@seameet/react'
import type { SyntheticEvent } from 'react'
import { useEffect, useRef, useState } from 'react'
import { useMessages } from '../../i18n/index.tsx'
import { preferences } from '../../lib/preferences.ts'
import { Button } from '../../ui/button.tsx'
import { DeviceSelect } from '../../ui/device-select.tsx'
import { TextField } from '../../ui/field.tsx'
import { Icon } from '../../ui/icon.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Tide } from '../../ui/tide.tsx'
import { DeviceNotices } from './device-notices.tsx'
import styles from './lobby.module.css'
import { LobbyPreview } from './preview.tsx'
import { RoomPart } from './room-part.tsx'
import { SoundCheck } from './sound-check.tsx'
import { useRoomChoice } from './use-room-choice.ts'

/** What the user decided in the lobby. */
export interface JoinWish {
  readonly room: string
  readonly name: string
  readonly microphone: boolean
  readonly camera: boolean
}

interface LobbyProps {
  readonly devices: Devices
  /** The meeting of the address bar; undefined when the page was opened without one. */
  readonly invited: string | undefined
  readonly busy: boolean
  readonly onJoin: (wish: JoinWish) => void
  readonly onCancel: () => void
}

/** Before the call: who, where, and a look into the mirror. */
export function Lobby({ devices, invited, busy, onJoin, onCancel }: LobbyProps) {
  const { lobby, app } = useMessages()
  const name = useStore(preferences.name)
  const choice = useRoomChoice(invited)
  const { room } = choice
  const [wanted, setWanted] = useState({ camera: true, microphone: true })
  const camera = usePreview(devices, 'camera', wanted.camera)
  const microphone = usePreview(devices, 'microphone', wanted.microphone)
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])

  // A device that failed is not sent for again at the join, but a camera that is still starting is.
  const sends = {
    camera: wanted.camera && camera.state !== 'failed',
    microphone: wanted.microphone && microphone.state !== 'failed',
  }
  const listening = !sends.camera && !sends.microphone
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    if (room !== undefined && !busy) onJoin({ room, name: name.trim(), ...sends })
  }
  return (
    <div className={styles.page}>
      <Tide />
      <PageHead />
      <main className={styles.main} id="content">
        <div className={styles.intro}>
          <h1 ref={heading} tabIndex={-1} className={styles.title}>
            {invited === undefined ? lobby.titleStart : lobby.titleJoin}
          </h1>
          <p className={styles.lead}>{invited === undefined ? lobby.introStart : lobby.introJoin}</p>
        </div>
        <section className={styles.mirror} aria-label={lobby.preview}>
          <LobbyPreview
            name={name}
            camera={camera}
            microphone={microphone}
            onToggle={(kind) => {
              setWanted((before) => ({ ...before, [kind]: !before[kind] }))
            }}
            wanted={wanted}
          />
          <SoundCheck devices={devices} microphone={microphone} />
        </section>
        <div className={styles.notices}>
          <DeviceNotices camera={camera} microphone={microphone} />
        </div>
        <form className={styles.form} onSubmit={submit}>
          <RoomPart choice={choice} />
          <TextField
            label={lobby.name}
            hint={lobby.nameHint}
            placeholder={lobby.namePlaceholder}
            value={name}
            maxLength={64}
            autoComplete="name"
            enterKeyHint="go"
            data-testid="name-input"
            onChange={(event) => {
              preferences.name.set(event.currentTarget.value)
            }}
          />
          <Button
            type="submit"
            look="primary"
            size="large"
            wide
            data-testid="join-button"
            disabled={room === undefined}
            aria-disabled={busy}
          >
            {busy ? lobby.joining : joinText(lobby, invited, listening)}
          </Button>
          {busy && (
            <Button look="quiet" wide onClick={onCancel}>
              {app.cancel}
            </Button>
          )}
          <p className={styles.privacy}>
            <Icon name="lock" size={18} />
            {listening && !wanted.camera && !wanted.microphone ? lobby.listening : lobby.privacy}
          </p>
        </form>
        <fieldset className={styles.devices}>
          <legend>{lobby.devices}</legend>
          <DeviceSelect devices={devices} kind="camera" compact />
          <DeviceSelect devices={devices} kind="microphone" compact />
          {devices.canSelectSpeaker && <DeviceSelect devices={devices} kind="speaker" compact />}
        </fieldset>
      </main>
    </div>
  )
}

function joinText(
  texts: { readonly join: string; readonly start: string; readonly joinListening: string },
  invited: string | undefined,
  listening: boolean,
): string {
  if (invited === undefined) return texts.start
  return listening ? texts.joinListening : texts.join
}
