import type { AnyParticipant } from '@seameet/client'
import { useStore } from '@seameet/react'
import { useMessages } from '../../i18n/index.tsx'
import { Icon } from '../../ui/icon.tsx'
import styles from './tile-signs.module.css'

/** At or below this score people notice it by ear and eye; see `Quality`. */
const WEAK_SCORE = 2

interface TileSignsProps {
  readonly participant: AnyParticipant
  readonly source: 'camera' | 'screen'
}

/** What else is worth knowing of somebody: the hand is up, the connection is weak. */
export function TileSigns({ participant, source }: TileSignsProps) {
  const { room } = useMessages()
  const raised = useStore(participant.handRaised)
  const weak = useStore(participant.quality, (quality) => quality !== null && quality.score <= WEAK_SCORE)
  if (source === 'screen' || (!raised && !weak)) return null
  return (
    <div className={styles.signs}>
      {raised && (
        <span className={styles.hand}>
          <Icon name="hand" size={18} />
          <span className={styles.word}>{room.handUp}</span>
        </span>
      )}
      {weak && (
        <span className={styles.weak}>
          <Icon name="weak" size={18} />
          <span className={styles.word}>{room.weak}</span>
        </span>
      )}
    </div>
  )
}
