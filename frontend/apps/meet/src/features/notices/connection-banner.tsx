import { useConnection } from '@seameet/react'
import { useEffect, useState } from 'react'
import { useMessages } from '../../i18n/index.tsx'
import { useNow } from '../../lib/use-now.ts'
import { cx } from '../../ui/cx.ts'
import { Icon } from '../../ui/icon.tsx'
import { bannerOf } from './banner.ts'
import styles from './banner.module.css'

/** Long enough to be read, short enough not to be in the way. */
const BACK_MS = 3000

/** Says what of the connection is down and what is done about it; and for a moment that it is back. */
export function ConnectionBanner() {
  const { connection: texts } = useMessages()
  const connection = useConnection()
  const now = useNow(connection.retryAt === null ? null : 500)
  const banner = bannerOf(connection, texts, now)
  const back = useBack(banner !== undefined)
  if (banner === undefined) {
    return back ? (
      <div className={cx(styles.banner, styles.back)} data-testid="connection-restored">
        <Icon name="check" />
        <p className={styles.title}>{texts.back}</p>
      </div>
    ) : null
  }
  return (
    <div
      className={cx(styles.banner, styles[banner.tone])}
      data-testid="connection-banner"
      data-signal={connection.signal}
      data-media={connection.media}
    >
      <Icon name="refresh" className={styles.turning} />
      <div className={styles.words}>
        <p className={styles.title}>{banner.title}</p>
        <p>{banner.hint}</p>
      </div>
      <p className={styles.progress}>{banner.progress}</p>
    </div>
  )
}

/** True for a while after `down` has ended. */
function useBack(down: boolean): boolean {
  const [wasDown, setWasDown] = useState(down)
  const [back, setBack] = useState(false)
  if (wasDown !== down) {
    setWasDown(down)
    setBack(!down)
  }
  useEffect(() => {
    if (!back) return
    const timer = setTimeout(() => {
      setBack(false)
    }, BACK_MS)
    return () => {
      clearTimeout(timer)
    }
  }, [back])
  return back
}
