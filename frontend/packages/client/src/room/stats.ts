import type { DeliveryCause } from '../api/publication.ts'
import type { LineStats, RoomStats } from '../api/stats.ts'
import type { StatsLike } from '../browser/types.ts'

type Entry = Readonly<Record<string, unknown>>

/** One media line as a report counts it. */
interface RawLine {
  readonly direction: 'send' | 'receive'
  readonly kind: 'audio' | 'video'
  /** The report's own name of it: a line that sends several sizes has several. */
  readonly id: string
  readonly mid: string
  readonly rid: string | null
  readonly codec: string | null
  readonly bytes: number
  readonly packets: number
  readonly lost: number
  /** Share of packets that the server missed, on sending lines. */
  readonly remoteLoss: number | null
  readonly jitter: number | null
  readonly width: number | null
  readonly height: number | null
  readonly framesPerSecond: number | null
}

/** What the client reads from a report of the browser. */
export interface StatsReading {
  readonly at: number
  /** Grows with whatever arrives: packets, bytes, replies to consent checks. */
  readonly inbound: number
  /** Loudness of each receiving line, 0 to 1. */
  readonly levels: ReadonlyMap<string, number>
  readonly lines: readonly RawLine[]
  readonly roundTrip: number | null
  readonly availableOutgoing: number | null
  readonly transport: string | null
}

/** Who is behind a media line. */
export interface LineOwner {
  readonly participantId: string | null
  readonly source: string | null
  readonly cause: DeliveryCause | null
}

export function readStats(report: StatsLike, at: number): StatsReading {
  const entries = new Map<string, Entry>()
  report.forEach((value) => {
    const entry = value as Entry
    if (typeof entry.id === 'string') entries.set(entry.id, entry)
  })
  const all = [...entries.values()]
  const inbounds = ofType(all, 'inbound-rtp')
  const pair = ofType(all, 'candidate-pair').find((entry) => entry.nominated === true && entry.state === 'succeeded')
  const local = entries.get(text(pair, 'localCandidateId') ?? '')
  return {
    at,
    inbound: sum(inbounds, 'packetsReceived') + sum(ofType(all, 'transport'), 'bytesReceived') + (number(pair, 'responsesReceived') ?? 0),
    levels: new Map(inbounds.flatMap((entry) => {
      const level = number(entry, 'audioLevel')
      const mid = text(entry, 'mid')
      return level === null || mid === null ? [] : [[mid, level] as const]
    })),
    lines: [
      ...inbounds.map((entry) => rawLine('receive', entry, entries)),
      ...ofType(all, 'outbound-rtp').map((entry) => rawLine('send', entry, entries)),
    ],
    roundTrip: scale(number(pair, 'currentRoundTripTime'), 1000),
    availableOutgoing: scale(number(pair, 'availableOutgoingBitrate'), 1 / 1000),
    transport: text(local, 'candidateType') === 'relay' ? 'relay' : text(local, 'protocol'),
  }
}

/** Rates between two readings, with the owner of each line. */
export function summarize(
  before: StatsReading | null,
  now: StatsReading,
  signalRoundTrip: number | null,
  owner: (mid: string) => LineOwner,
): RoomStats {
  return {
    signalRoundTrip,
    mediaRoundTrip: now.roundTrip,
    availableOutgoing: now.availableOutgoing,
    transport: now.transport,
    lines: now.lines.map((line) => lineStats(before, now.at, line, owner(line.mid))),
  }
}

function lineStats(before: StatsReading | null, at: number, line: RawLine, owner: LineOwner): LineStats {
  const { direction, kind, rid, codec, jitter, width, height, framesPerSecond, id } = line
  const former = before?.lines.find((other) => other.id === id && other.direction === direction)
  const seconds = before === null ? 0 : (at - before.at) / 1000
  const bits = (line.bytes - (former?.bytes ?? 0)) * 8
  const lost = Math.max(0, line.lost - (former?.lost ?? 0))
  const arrived = Math.max(0, line.packets - (former?.packets ?? 0))
  return {
    direction,
    kind,
    rid,
    ...owner,
    codec,
    kilobitsPerSecond: former === undefined || seconds <= 0 ? 0 : Math.max(0, bits / seconds / 1000),
    loss: line.remoteLoss ?? (lost + arrived === 0 ? 0 : lost / (lost + arrived)),
    jitter,
    width,
    height,
    framesPerSecond,
  }
}

function rawLine(direction: 'send' | 'receive', entry: Entry, entries: ReadonlyMap<string, Entry>): RawLine {
  const receive = direction === 'receive'
  const remote = entries.get(text(entry, 'remoteId') ?? '')
  const mime = text(entries.get(text(entry, 'codecId') ?? ''), 'mimeType')
  return {
    direction,
    kind: entry.kind === 'video' ? 'video' : 'audio',
    id: text(entry, 'id') ?? '',
    mid: text(entry, 'mid') ?? '',
    rid: text(entry, 'rid'),
    codec: mime?.split('/')[1]?.toLowerCase() ?? null,
    bytes: number(entry, receive ? 'bytesReceived' : 'bytesSent') ?? 0,
    packets: number(entry, receive ? 'packetsReceived' : 'packetsSent') ?? 0,
    lost: number(entry, 'packetsLost') ?? 0,
    remoteLoss: receive ? null : number(remote, 'fractionLost'),
    jitter: scale(number(entry, 'jitter'), 1000),
    width: number(entry, 'frameWidth'),
    height: number(entry, 'frameHeight'),
    framesPerSecond: number(entry, 'framesPerSecond'),
  }
}

function ofType(entries: readonly Entry[], type: string): Entry[] {
  return entries.filter((entry) => entry.type === type)
}

function sum(entries: readonly Entry[], field: string): number {
  return entries.reduce((total, entry) => total + (number(entry, field) ?? 0), 0)
}

function number(entry: Entry | undefined, field: string): number | null {
  const value = entry?.[field]
  return typeof value === 'number' ? value : null
}

function text(entry: Entry | undefined, field: string): string | null {
  const value = entry?.[field]
  return typeof value === 'string' ? value : null
}

function scale(value: number | null, factor: number): number | null {
  return value === null ? null : value * factor
}
