import type { Capture, Devices } from '@seameet/client'
import { useCaptureLevel } from '@seameet/react'
import styles from './meter.module.css'

/** How loud a microphone is, as a bar that moves without rendering. The words beside it say the same. */
export function Meter({ devices, capture }: { readonly devices: Devices; readonly capture: Capture | null }) {
  const bar = useCaptureLevel<HTMLDivElement>(devices, capture)
  return (
    <div className={styles.meter} ref={bar} aria-hidden="true">
      <div className={styles.fill} />
    </div>
  )
}
