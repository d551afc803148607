import type { CaptureKind } from '@seameet/client'
import type { Preview } from '@seameet/react'
import { useStore, VideoView } from '@seameet/react'
import { useMessages } from '../../i18n/index.tsx'
import { isBlocked } from '../../lib/device-help.ts'
import { preferences } from '../../lib/preferences.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { cx } from '../../ui/cx.ts'
import { Icon } from '../../ui/icon.tsx'
import type { IconName } from '../../ui/icons.ts'
import styles from './preview.module.css'

interface LobbyPreviewProps {
  readonly name: string
  readonly camera: Preview
  readonly microphone: Preview
  readonly wanted: Readonly<Record<CaptureKind, boolean>>
  readonly onToggle: (kind: CaptureKind) => void
}

/** The own picture as a mirror, with the two switches that matter on it. */
export function LobbyPreview({ name, camera, microphone, wanted, onToggle }: LobbyPreviewProps) {
  const mirror = useStore(preferences.mirror)
  return (
    <div className={styles.frame} data-testid="preview">
      {camera.capture === null ? (
        <Placeholder name={name} camera={camera} />
      ) : (
        <VideoView publication={camera.capture} className={cx(styles.video, mirror && styles.mirrored)} />
      )}
      <div className={styles.switches}>
        <Switch kind="microphone" preview={microphone} on={wanted.microphone} onToggle={onToggle} />
        <Switch kind="camera" preview={camera} on={wanted.camera} onToggle={onToggle} />
      </div>
    </div>
  )
}

function Placeholder({ name, camera }: { readonly name: string; readonly camera: Preview }) {
  const { lobby } = useMessages()
  const failed = isBlocked(camera.error) ? lobby.cameraBlocked : lobby.cameraMissing
  const text = { off: lobby.cameraOff, starting: lobby.cameraStarting, failed, on: '' }
  return (
    <div className={styles.placeholder}>
      {name.trim() === '' ? (
        <span className={styles.sign}>
          <Icon name={camera.state === 'starting' ? 'camera' : 'camera-off'} size={36} />
        </span>
      ) : (
        <Avatar name={name} />
      )}
      <p role="status">{text[camera.state]}</p>
    </div>
  )
}

interface SwitchProps {
  readonly kind: CaptureKind
  readonly preview: Preview
  readonly on: boolean
  readonly onToggle: (kind: CaptureKind) => void
}

const SIGNS: Readonly<Record<CaptureKind, readonly [IconName, IconName]>> = {
  microphone: ['mic', 'mic-off'],
  camera: ['camera', 'camera-off'],
}

/** A switch whose device failed asks for it again, for that is what pressing it means then. */
function Switch({ kind, preview, on, onToggle }: SwitchProps) {
  const { control } = useMessages()
  const works = on && preview.state !== 'failed'
  const names = {
    microphone: works ? control.turnOffMicrophone : control.turnOnMicrophone,
    camera: works ? control.turnOffCamera : control.turnOnCamera,
  }
  return (
    <button
      type="button"
      className={cx(styles.switch, !works && styles.off)}
      aria-label={names[kind]}
      title={names[kind]}
      data-testid={kind === 'microphone' ? 'mic-button' : 'camera-button'}
      onClick={() => {
        if (preview.state === 'failed') preview.retry()
        else onToggle(kind)
      }}
    >
      <Icon name={SIGNS[kind][works ? 0 : 1]} />
      {preview.state === 'failed' && (
        <span className={styles.mark} aria-hidden="true">
          !
        </span>
      )}
    </button>
  )
}
