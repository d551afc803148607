import type { AnyParticipant } from '@seameet/client'
import { useStore } from '@seameet/react'
import { useMessages } from '../../i18n/index.tsx'
import { Icon } from '../../ui/icon.tsx'
import { ConnectionSign, PictureSign } from './quality-sign.tsx'
import styles from './tile-signs.module.css'

interface TileSignsProps {
  readonly participant: AnyParticipant
  readonly source: 'camera' | 'screen'
}

/** What else is worth knowing of somebody: the hand is up, how good the connection is, why the picture is soft. */
export function TileSigns({ participant, source }: TileSignsProps) {
  const { room } = useMessages()
  const raised = useStore(participant.handRaised)
  const camera = source === 'camera'
  return (
    <div className={styles.signs}>
      {camera && raised && (
        <span className={styles.hand}>
          <Icon name="hand" size={18} />
          <span className={styles.word}>{room.handUp}</span>
        </span>
      )}
      {camera && <ConnectionSign participant={participant} />}
      {!participant.isLocal && <PictureSign participant={participant} source={source} />}
    </div>
  )
}
