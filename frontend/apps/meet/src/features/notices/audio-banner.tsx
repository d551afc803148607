import { useAudioStart } from '@seameet/react'
import { useMessages } from '../../i18n/index.tsx'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/cx.ts'
import { Icon } from '../../ui/icon.tsx'
import styles from './banner.module.css'

/** Shown while the browser waits for a gesture before it plays sound. */
export function AudioBanner() {
  const { audio } = useMessages()
  const { blocked, start } = useAudioStart()
  if (!blocked) return null
  return (
    <div className={cx(styles.banner, styles.warning)} data-testid="audio-banner" role="alert">
      <Icon name="speaker-off" />
      <p className={styles.words}>{audio.blocked}</p>
      <Button look="primary" icon="speaker" onClick={start}>
        {audio.start}
      </Button>
    </div>
  )
}
