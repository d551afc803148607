import { useConnection, useLocal, useStore } from '@seameet/react'
import { useEffect, useState } from 'react'
import { useMessages } from '../../i18n/index.tsx'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/cx.ts'
import { Icon } from '../../ui/icon.tsx'
import styles from './banner.module.css'

/** At or below this score others notice it; see `Quality`. */
const WEAK_SCORE = 2
/** A short dip is no news, and a short relief is none either. */
const WEAK_AFTER = 4000
const WELL_AFTER = 8000

/** Says that the own connection is weak, and what helps: without a camera, sound gets through far better. */
export function WeakBanner({ onDetails }: { readonly onDetails: () => void }) {
  const { quality: texts, control } = useMessages()
  const { camera, quality } = useLocal()
  const sending = !useStore(camera.muted)
  const connection = useConnection()
  const score = useStore(quality, (now) => now?.score)
  const weak = useSteady(score !== undefined && score <= WEAK_SCORE)
  // While it is down altogether the other banner speaks.
  if (!weak || connection.state !== 'live') return null
  return (
    <div className={cx(styles.banner, styles.warning)} data-testid="weak-banner" role="status">
      <Icon name="weak" />
      <div className={styles.words}>
        <p className={styles.title}>{texts.weakTitle}</p>
        <p>{sending ? texts.weakCamera : texts.weakHint}</p>
      </div>
      <div className={styles.actions}>
        {sending && (
          <Button
            look="primary"
            icon="camera-off"
            onClick={() => {
              camera.disable()
            }}
          >
            {control.turnOffCamera}
          </Button>
        )}
        <Button onClick={onDetails}>{texts.weakWhy}</Button>
      </div>
    </div>
  )
}

/** Follows `value` when it has lasted. */
function useSteady(value: boolean): boolean {
  const [steady, setSteady] = useState(false)
  useEffect(() => {
    if (value === steady) return
    const timer = setTimeout(() => {
      setSteady(value)
    }, value ? WEAK_AFTER : WELL_AFTER)
    return () => {
      clearTimeout(timer)
    }
  }, [value, steady])
  return steady
}
