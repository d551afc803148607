import type { AnyParticipant, Delivery, Room, Source } from '@seameet/client'
import type { Messages } from '../../i18n/index.tsx'
import { gradeOf, isPoor } from './score.ts'

/** What a sentence about a picture needs to know. */
export interface PictureFacts {
  readonly delivery: Delivery
  readonly source: Source
  /** Who sends it. */
  readonly name: string
  /** The sender's connection is poor. */
  readonly poor: boolean
  /** What went first, when something did. */
  readonly rival: { readonly name: string; readonly source: Source } | null
}

/** Says in plain words why a picture is as it is. */
export function causeWords({ delivery, source, name, poor, rival }: PictureFacts, texts: Messages['quality']): string {
  const { cause } = delivery
  if (cause === 'publisher') return poor ? texts.senderSlow(name) : texts.senderSmall(name)
  if (cause === 'muted') return source === 'screen' ? texts.screenMuted : texts.cameraMuted
  if (cause !== 'higher-priority') return texts.causes[cause]
  if (rival === null) return texts.otherFirst
  return rival.source === 'screen' ? texts.screenFirst : texts.pictureFirst(rival.name)
}

/** The facts of a picture as they are now; null when there is no such publication. */
export function pictureFacts(room: Room, participant: AnyParticipant, source: Source): PictureFacts | null {
  const publication = room.participants.get().find(({ id }) => id === participant.id)?.publication(source)
  if (publication === undefined) return null
  const delivery = publication.delivery.get()
  const score = participant.quality.get()?.score
  return {
    delivery,
    source,
    name: participant.name.get(),
    poor: score !== undefined && isPoor(gradeOf(score)),
    rival: rivalOf(room, delivery.causeTrack),
  }
}

function rivalOf(room: Room, track: string | null): PictureFacts['rival'] {
  if (track === null) return null
  for (const participant of room.participants.get()) {
    const publication = participant.publications.get().find(({ id }) => id === track)
    if (publication !== undefined) return { name: participant.name.get(), source: publication.source }
  }
  return null
}
