import type { Devices } from '@seameet/client'
import type { Preview } from '@seameet/react'
import { useEffect, useState } from 'react'
import { useMessages } from '../../i18n/index.tsx'
import { isBlocked } from '../../lib/device-help.ts'
import { Icon } from '../../ui/icon.tsx'
import { Meter } from '../../ui/meter.tsx'
import styles from './sound-check.module.css'

/** Louder than a quiet room, in the meter's scale. */
const HEARD_LEVEL = 0.18
/** Longer than a click of the tongue. */
const HEARD_MS = 300
const LOOK_EVERY_MS = 100

/** The microphone's meter and, in words, whether it picks anything up. */
export function SoundCheck({ devices, microphone }: { readonly devices: Devices; readonly microphone: Preview }) {
  const { lobby } = useMessages()
  const heard = useHeard(devices, microphone)
  const texts = {
    off: lobby.soundOff,
    failed: isBlocked(microphone.error) ? lobby.soundBlocked : lobby.soundMissing,
    starting: lobby.soundQuiet,
    on: heard ? lobby.soundHeard : lobby.soundQuiet,
  }
  return (
    <div className={styles.check}>
      <Icon name={microphone.state === 'off' || microphone.state === 'failed' ? 'mic-off' : 'mic'} size={20} />
      <div className={styles.body}>
        <p className={styles.text} role="status">
          {texts[microphone.state]}
          {heard && <Icon name="check" size={18} className={styles.tick} />}
        </p>
        <Meter devices={devices} capture={microphone.capture} />
      </div>
    </div>
  )
}

/** True from the first sound that lasts, until the microphone is another one. */
function useHeard(devices: Devices, { capture }: Preview): boolean {
  const [heardOn, setHeardOn] = useState<Preview['capture']>(null)
  useEffect(() => {
    if (capture === null) return
    const meter = devices.levelMeter(capture)
    let loudFor = 0
    const timer = setInterval(() => {
      loudFor = meter.level() >= HEARD_LEVEL ? loudFor + LOOK_EVERY_MS : 0
      if (loudFor >= HEARD_MS) setHeardOn(capture)
    }, LOOK_EVERY_MS)
    return () => {
      clearInterval(timer)
      meter.stop()
    }
  }, [devices, capture])
  return capture !== null && heardOn === capture
}
