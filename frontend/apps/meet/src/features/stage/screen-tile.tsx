import type { AnyParticipant } from '@seameet/client'
import type { PublicationState } from '@seameet/react'
import { usePublication, VideoView } from '@seameet/react'
import { useMessages } from '../../i18n/index.tsx'
import { Icon } from '../../ui/icon.tsx'
import styles from './tile.module.css'

interface ScreenTileProps {
  readonly participant: AnyParticipant
  readonly video: PublicationState
  readonly name: string
}

/** A shared screen, whole and never cropped. One's own is covered by a word, for it would show itself in itself. */
export function ScreenTile({ participant, video }: ScreenTileProps) {
  const { room } = useMessages()
  const sound = usePublication(participant, 'screen-audio')
  if (participant.isLocal) {
    return (
      <div className={styles.absent}>
        {video.publication !== undefined && <VideoView publication={video.publication} className={styles.ownScreen} />}
        <p className={styles.sharing}>
          <Icon name="screen" size={28} />
          <span>
            {room.sharingYours}
            {!sound.muted && ` ${room.sharingSound}`}
          </span>
        </p>
      </div>
    )
  }
  return (
    <>
      {video.publication !== undefined && <VideoView publication={video.publication} className={styles.screen} />}
      {video.mediaTrack === null && (
        <div className={styles.absent}>
          <p className={styles.sharing}>
            <Icon name="screen" size={28} />
            <span>{room.waitingVideo}</span>
          </p>
        </div>
      )}
    </>
  )
}
