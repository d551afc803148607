import type { CaptureKind, SeameetErrorCode } from '@seameet/client'
import type { Preview } from '@seameet/react'
import { useMessages } from '../../i18n/index.tsx'
import { deviceHelp } from '../../lib/device-help.ts'
import { platformOf } from '../../lib/platform.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import styles from './device-notices.module.css'

interface DeviceNoticesProps {
  readonly camera: Preview
  readonly microphone: Preview
}

/** Says what keeps camera and microphone from working and what to do; once when both have the same cause. */
export function DeviceNotices({ camera, microphone }: DeviceNoticesProps) {
  const cameraCode = camera.state === 'failed' ? camera.error?.code : undefined
  const microphoneCode = microphone.state === 'failed' ? microphone.error?.code : undefined
  const retryBoth = () => {
    camera.retry()
    microphone.retry()
  }
  if (cameraCode !== undefined && cameraCode === microphoneCode) {
    return <Notice kinds={['camera', 'microphone']} code={cameraCode} onRetry={retryBoth} />
  }
  return (
    <>
      {cameraCode !== undefined && <Notice kinds={['camera']} code={cameraCode} onRetry={camera.retry} />}
      {microphoneCode !== undefined && (
        <Notice kinds={['microphone']} code={microphoneCode} onRetry={microphone.retry} />
      )}
    </>
  )
}

interface NoticeProps {
  readonly kinds: readonly [CaptureKind, ...CaptureKind[]]
  readonly code: SeameetErrorCode
  readonly onRetry: () => void
}

function Notice({ kinds, code, onRetry }: NoticeProps) {
  const { deviceHelp: texts, app } = useMessages()
  const help = deviceHelp(kinds, code, platformOf(navigator.userAgent), texts)
  return (
    <section className={styles.notice} data-testid="device-notice" data-cause={help.cause} role="status">
      <Icon name="alert" className={styles.sign} />
      <div className={styles.body}>
        <h2 className={styles.title}>{help.title}</h2>
        {help.steps.map((step) => (
          <p key={step}>{step}</p>
        ))}
        {help.canRetry && (
          <Button look="quiet" icon="refresh" className={styles.retry} onClick={onRetry}>
            {app.retry}
          </Button>
        )}
      </div>
    </section>
  )
}
