import type { AnyParticipant } from '@seameet/client'
import { useStore } from '@seameet/react'
import { useMessages } from '../../i18n/index.tsx'
import { Hidden } from '../../ui/hidden.tsx'
import { Icon } from '../../ui/icon.tsx'
import styles from './name-tag.module.css'

interface NameTagProps {
  readonly participant: AnyParticipant
  readonly source: 'camera' | 'screen'
  readonly muted: boolean
  readonly speaking: boolean
  /** There is room for a short name only. */
  readonly short: boolean
}

/** Who it is, and whether they are muted or speaking: in a sign, and in a word. */
export function NameTag({ participant, source, muted, speaking, short }: NameTagProps) {
  const { room } = useMessages()
  const name = useStore(participant.name)
  if (source === 'screen') {
    return (
      <div className={styles.tag}>
        <Icon name="screen" size={18} className={styles.sign} />
        <span className={styles.name}>{participant.isLocal ? room.yourScreen : room.screenOf(name)}</span>
      </div>
    )
  }
  return (
    <div className={styles.tag}>
      {speaking && (
        <span className={styles.bars} aria-hidden="true">
          <i />
          <i />
          <i />
        </span>
      )}
      {muted && <Icon name="mic-off" size={18} className={styles.sign} />}
      <span className={styles.name}>{participant.isLocal ? (short ? room.you : room.youNamed(name)) : name}</span>
      {muted && <span className={styles.word}>{room.muted}</span>}
      {speaking && <Hidden>{room.speaking}</Hidden>}
    </div>
  )
}
