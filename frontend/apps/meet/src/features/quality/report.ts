import type { ConnectionQuality, DeliveryCause, LineStats, Room, RoomStats } from '@seameet/client'
import type { Messages } from '../../i18n/index.tsx'
import { causeWords, pictureFacts } from './causes.ts'

/** The own line, from what the server measured and what the browser counts. */
export interface OwnFigures {
  readonly sending: number
  readonly receiving: number
  readonly canSend: number | null
  readonly canReceive: number | null
  readonly lossUp: number | null
  readonly lossDown: number | null
  readonly roundTrip: number | null
  readonly route: string | null
}

/** A picture that is received, or should be. */
export interface PictureRow {
  readonly key: string
  readonly name: string
  readonly screen: boolean
  readonly width: number | null
  readonly height: number | null
  readonly framesPerSecond: number | null
  readonly kilobitsPerSecond: number
  readonly codec: string
  readonly cause: DeliveryCause
  readonly words: string
}

export function ownFigures(stats: RoomStats, quality: ConnectionQuality | null): OwnFigures {
  const [sent, received] = (['send', 'receive'] as const).map((way) => stats.lines.filter(({ direction }) => direction === way))
  return {
    sending: total(sent),
    receiving: total(received),
    canSend: quality?.uplink.available ?? stats.availableOutgoing,
    canReceive: quality?.downlink.available ?? null,
    lossUp: quality?.uplink.loss ?? worst(sent),
    lossDown: quality?.downlink.loss ?? worst(received),
    roundTrip: stats.mediaRoundTrip,
    route: stats.transport,
  }
}

function total(lines: readonly LineStats[] = []): number {
  return lines.reduce((sum, { kilobitsPerSecond }) => sum + kilobitsPerSecond, 0)
}

function worst(lines: readonly LineStats[] = []): number | null {
  return lines.length === 0 ? null : Math.max(...lines.map(({ loss }) => loss))
}

/** The others' pictures, each with its figures and the reason for them. */
export function pictureRows(room: Room, stats: RoomStats, texts: Messages['quality']): PictureRow[] {
  return room.participants.get().flatMap((participant) =>
    participant.publications.get().flatMap((publication): PictureRow[] => {
      const facts = pictureFacts(room, participant, publication.source)
      if (publication.kind !== 'video' || facts === null) return []
      const line = stats.lines.find(
        ({ direction, participantId, source }) =>
          direction === 'receive' && participantId === participant.id && source === publication.source,
      )
      const { layer, cause } = facts.delivery
      return [{
        key: publication.key,
        name: facts.name,
        screen: publication.source === 'screen',
        width: line?.width ?? layer?.width ?? null,
        height: line?.height ?? layer?.height ?? null,
        framesPerSecond: line?.framesPerSecond ?? null,
        kilobitsPerSecond: line?.kilobitsPerSecond ?? 0,
        codec: line?.codec ?? publication.codec,
        cause,
        words: causeWords(facts, texts),
      }]
    }),
  )
}

/** Figures to pass on to whoever helps. Names nobody and holds no addresses. */
export function reportText(own: OwnFigures, quality: ConnectionQuality | null, rows: readonly PictureRow[]): string {
  const numbers = (value: number | null, unit: string) => (value === null ? 'unknown' : `${String(Math.round(value))} ${unit}`)
  const share = (value: number | null) => (value === null ? 'unknown' : `${(value * 100).toFixed(1)} %`)
  return [
    'seameet call quality',
    `score ${quality === null ? 'unknown' : String(quality.score)}, causes ${quality === null ? 'unknown' : ['none', ...quality.causes].slice(quality.causes.length > 0 ? 1 : 0).join(' ')}`,
    `sending ${numbers(own.sending, 'kbit/s')} of ${numbers(own.canSend, 'kbit/s')}, lost ${share(own.lossUp)}`,
    `receiving ${numbers(own.receiving, 'kbit/s')} of ${numbers(own.canReceive, 'kbit/s')}, lost ${share(own.lossDown)}`,
    `round trip ${numbers(own.roundTrip, 'ms')}, route ${own.route ?? 'unknown'}`,
    ...rows.map(
      (row, index) =>
        `picture ${String(index + 1)}: ${row.screen ? 'screen' : 'camera'} ${row.codec} ${String(row.width ?? '?')}x${String(row.height ?? '?')}, ` +
        `${numbers(row.framesPerSecond, 'fps')}, ${numbers(row.kilobitsPerSecond, 'kbit/s')}, ${row.cause}`,
    ),
  ].join('\n')
}
