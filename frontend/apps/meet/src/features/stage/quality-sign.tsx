import type { AnyParticipant, Publication } from '@seameet/client'
import { useRoom, useStore } from '@seameet/react'
import { useMessages } from '../../i18n/index.tsx'
import { cx } from '../../ui/cx.ts'
import { Icon } from '../../ui/icon.tsx'
import { Bars } from '../quality/bars.tsx'
import { causeWords, pictureFacts } from '../quality/causes.ts'
import { gradeOf, isPoor } from '../quality/score.ts'
import styles from './tile-signs.module.css'

/** How good somebody's connection is: a sign that stays when it is poor, else one for whoever looks for it. */
export function ConnectionSign({ participant }: { readonly participant: AnyParticipant }) {
  const { quality: texts } = useMessages()
  const quality = useStore(participant.quality)
  if (quality === null) return null
  const view = gradeOf(quality.score)
  return (
    <span className={cx(styles.connection, !isPoor(view) && styles.onDemand)} data-testid="quality-sign" data-grade={view.grade}>
      <Bars lit={view.bars} />
      <span className={styles.word}>{texts.grades[view.grade]}</span>
    </span>
  )
}

/** Causes that are worth a word in the tile: the picture is softer than it could be. */
const SOFT: readonly string[] = ['bandwidth', 'higher-priority', 'publisher']
/** Causes that stop the picture: then nobody should have to look for the word. */
const STOPPED: readonly string[] = ['paused', 'codec']

interface PictureSignProps {
  readonly participant: AnyParticipant
  readonly source: 'camera' | 'screen'
}

/** Why a picture is soft, or has stopped. */
export function PictureSign({ participant, source }: PictureSignProps) {
  const room = useRoom()
  useStore(participant.publications)
  useStore(participant.quality)
  const publication = useStore(room.participants).find(({ id }) => id === participant.id)?.publication(source)
  if (publication === undefined) return null
  return <Sign key={publication.key} publication={publication} participant={participant} />
}

function Sign({ publication, participant }: { readonly publication: Publication; readonly participant: AnyParticipant }) {
  const { quality: texts } = useMessages()
  const room = useRoom()
  const { cause } = useStore(publication.delivery)
  const muted = useStore(publication.muted)
  const stopped = STOPPED.includes(cause)
  if (muted || (!stopped && !SOFT.includes(cause))) return null
  const facts = pictureFacts(room, participant, publication.source)
  if (facts === null) return null
  return (
    <span className={cx(styles.picture, !stopped && styles.onDemand)} data-testid="picture-sign" data-cause={cause}>
      {stopped && (
        <>
          <Icon name="camera-off" size={18} />
          <span className={styles.short} aria-hidden="true">
            {texts.stopped}
          </span>
        </>
      )}
      <span className={styles.sentence}>{causeWords(facts, texts)}</span>
    </span>
  )
}
