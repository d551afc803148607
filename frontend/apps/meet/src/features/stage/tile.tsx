import type { AnyParticipant, Publication, TrackPublication } from '@seameet/client'
import { usePublication, useSpeaking, useStore, VideoView } from '@seameet/react'
import type { Placement } from '@seameet/react'
import { memo, useEffect, useState } from 'react'
import { useMessages } from '../../i18n/index.tsx'
import { preferences } from '../../lib/preferences.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { IconButton } from '../../ui/button.tsx'
import { cx } from '../../ui/cx.ts'
import { Icon } from '../../ui/icon.tsx'
import { NameTag } from './name-tag.tsx'
import { ScreenTile } from './screen-tile.tsx'
import { TileSigns } from './tile-signs.tsx'
import styles from './tile.module.css'
import type { TileItem } from './tiles.ts'

interface TileProps {
  readonly item: TileItem
  readonly place: Placement
  readonly pinned: boolean
  readonly onPin: (key: string | undefined) => void
}

/** One place in the stage. The same element moves when the arrangement changes, so that no picture starts anew. */
export const Tile = memo(function Tile({ item, place, pinned, onPin }: TileProps) {
  const { participant, source } = item
  const { room } = useMessages()
  const name = useStore(participant.name)
  const microphone = usePublication(participant, 'microphone')
  const video = usePublication(participant, source)
  usePinWish(video.publication, pinned)
  const speaking = useSpeaking(participant) && !microphone.muted
  const title = source === 'screen' ? room.screenOf(name) : name
  return (
    <li
      className={cx(styles.tile, styles[place.role], speaking && source === 'camera' && styles.speaking)}
      style={{ width: place.width, height: place.height, transform: `translate(${px(place.x)}, ${px(place.y)})` }}
      data-testid="tile"
      data-participant={participant.id}
      data-name={name}
      data-source={source}
      data-audio-muted={microphone.muted}
      data-video-muted={video.muted}
      data-speaking={speaking}
      data-self={participant.isLocal}
    >
      {source === 'screen' ? (
        <ScreenTile participant={participant} video={video} name={name} />
      ) : (
        <CameraTile participant={participant} video={video} name={name} />
      )}
      <NameTag
        participant={participant}
        source={source}
        muted={microphone.muted}
        speaking={speaking}
        short={place.role === 'corner'}
      />
      <TileSigns participant={participant} source={source} />
      <IconButton
        className={styles.pin}
        icon={pinned ? 'pin-off' : 'pin'}
        label={pinned ? room.unpin(title) : room.pin(title)}
        onClick={() => {
          onPin(pinned ? undefined : item.key)
        }}
      />
    </li>
  )
})

/** What is pinned goes before all other pictures when the line is slow. */
function usePinWish(publication: TrackPublication | Publication | undefined, pinned: boolean): void {
  useEffect(() => {
    if (!pinned || publication === undefined || !('setWish' in publication)) return
    publication.setWish({ pinned: true })
    return () => {
      publication.setWish(null)
    }
  }, [publication, pinned])
}

interface CameraTileProps {
  readonly participant: AnyParticipant
  readonly video: ReturnType<typeof usePublication>
  readonly name: string
}

function CameraTile({ participant, video, name }: CameraTileProps) {
  const picture = video.muted ? undefined : video.publication
  return (
    <>
      {picture === undefined ? (
        <Absent name={name} />
      ) : (
        <Picture key={picture.key} publication={picture} own={participant.isLocal} name={name} />
      )}
      <Presence participant={participant} />
    </>
  )
}

interface PictureProps {
  readonly publication: TrackPublication
  readonly own: boolean
  readonly name: string
}

/** The camera's picture, with the avatar in its place until the first frame is there. */
function Picture({ publication, own, name }: PictureProps) {
  const mirror = useStore(preferences.mirror) && own
  const [ready, setReady] = useState(false)
  return (
    <>
      <VideoView
        publication={publication}
        className={cx(styles.video, mirror && styles.mirrored)}
        onLoadedData={() => {
          setReady(true)
        }}
        onEmptied={() => {
          setReady(false)
        }}
      />
      {!ready && <Absent name={name} />}
    </>
  )
}

function Absent({ name }: { readonly name: string }) {
  return (
    <div className={styles.absent}>
      <Avatar name={name} className={styles.avatar} />
    </div>
  )
}

/** Somebody whose connection is awaited keeps the tile, with a word about it. */
function Presence({ participant }: { readonly participant: AnyParticipant }) {
  const { room } = useMessages()
  if (useStore(participant.presence) !== 'reconnecting') return null
  return (
    <div className={styles.presence}>
      <span className={styles.presenceText}>
        <Icon name="refresh" size={18} className={styles.turning} />
        {room.reconnecting}
      </span>
    </div>
  )
}

function px(value: number): string {
  return `${String(value)}px`
}
