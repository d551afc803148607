import type { EncodingDemand } from '@seameet/protocol'
import type { Source } from '../api/publication.ts'
import type { EncodingParameters } from '../browser/types.ts'

/** What is to be sent, as far as encodings depend on it. */
export interface Picture {
  readonly source: Source
  /** The codec's name in lower case. */
  readonly codec: string
  /** Shorter side of what is captured, in pixels; null while unknown. */
  readonly height: number | null
  /** A shared screen with something that moves, such as a film. */
  readonly motion: boolean
}

/** What the server wants of a track; see `PublisherDemand`. */
export interface Demand {
  readonly encodings: readonly EncodingDemand[]
  readonly max_height?: number
}

/** Bits per second that a camera picture of at least this height may use at 30 frames per second. */
const CAMERA_RATES = [[1080, 3_000_000], [720, 1_500_000], [540, 1_000_000], [360, 500_000], [270, 300_000], [0, 150_000]] as const
const USUAL_HEIGHT = 720
/** All resolutions in one stream cost about this much more than the best alone. */
const SVC_SURPLUS = 1.3
/** Names of simulcast encodings from small to full. */
const RIDS = ['q', 'h', 'f'] as const
/** What nobody wants larger than this share above a smaller size need not be sent larger. */
const TOLERANCE = 1.1

const SOUND: Partial<Record<Source, number>> = { microphone: 64_000, 'screen-audio': 128_000 }

/** Whether one encoding of this codec holds several sizes. */
export function isScalable(codec: string): boolean {
  return codec === 'vp9' || codec === 'av1'
}

/** How many encodings a line is made with. They cannot be added later. */
export function layersOf({ source, codec, height }: Picture, most: number): number {
  if (SOUND[source] !== undefined || isScalable(codec)) return 1
  if (source === 'screen') return Math.min(2, most)
  const size = height ?? USUAL_HEIGHT
  return Math.min(size >= 540 ? 3 : size >= 270 ? 2 : 1, most)
}

/** The encodings of a line that has `layers` of them, all wanted. `most` is 1 when only one size shall be sent. */
export function planEncodings(picture: Picture, layers: number, most: number): EncodingParameters[] {
  const rate = SOUND[picture.source]
  if (rate !== undefined) return [{ maxBitrate: rate }]
  if (picture.source === 'screen') return planScreen(picture, layers)
  const height = picture.height ?? USUAL_HEIGHT
  if (layers === 1) return [planCamera(picture.codec, height, 1, most)]
  return RIDS.slice(-layers).map((rid, index) => {
    const scale = 2 ** (layers - 1 - index)
    return { rid, ...cameraEncoding(height, scale, 'L1T3') }
  })
}

function planCamera(codec: string, height: number, scale: number, most: number): EncodingParameters {
  if (!isScalable(codec)) return cameraEncoding(height, scale, 'L1T3')
  // What is scaled down already has fewer sizes worth having.
  const spatial = Math.max(1, Math.min(3, most) - Math.log2(scale))
  const encoding = cameraEncoding(height, scale, spatial === 1 ? 'L1T3' : `L${spatial}T3_KEY`)
  if (spatial > 1) encoding.maxBitrate = Math.round((encoding.maxBitrate ?? 0) * SVC_SURPLUS)
  return encoding
}

function cameraEncoding(height: number, scale: number, scalabilityMode: string): EncodingParameters {
  const maxBitrate = CAMERA_RATES.find(([least]) => height / scale >= least)?.[1] ?? 150_000
  return { maxBitrate, maxFramerate: 30, scaleResolutionDownBy: scale, scalabilityMode }
}

/**
 * Text must stay sharp, so a screen is always sent in full; who has no line for that gets fewer frames of it. The small
 * encoding is the last resort, better than nothing.
 */
function planScreen({ motion }: Picture, layers: number): EncodingParameters[] {
  const full = { maxBitrate: 2_500_000, maxFramerate: motion ? 30 : 15, scaleResolutionDownBy: 1, scalabilityMode: 'L1T3' }
  if (layers === 1) return [full]
  const small = { rid: 'h', maxBitrate: 250_000, maxFramerate: 5, scaleResolutionDownBy: 2, scalabilityMode: 'L1T1' }
  return [small, { rid: 'f', ...full }]
}

/**
 * The encodings that `now` should become, or null when they are as they should be. Their number never changes: the
 * server may have declined simulcast, and then one is left whatever was planned.
 */
export function tuneEncodings(
  now: readonly EncodingParameters[],
  picture: Picture,
  demand: Demand | null,
  most: number,
): EncodingParameters[] | null {
  const plan = planEncodings(picture, now.length, most)
  const next = now.map((encoding, index) => {
    const base = now.length === 1 ? single(picture, demand, most) : plan[index]
    // Names are given once, when the line is made.
    return { ...encoding, ...base, ...named(encoding), active: isWanted(encoding, demand) }
  })
  return next.some((encoding, index) => differs(now[index], encoding)) ? next : null
}

function named({ rid }: EncodingParameters): EncodingParameters {
  return rid === undefined ? {} : { rid }
}

/** The one encoding of a line without simulcast: as tall as anybody wants it. */
function single(picture: Picture, demand: Demand | null, most: number): EncodingParameters {
  const [full] = planEncodings(picture, 1, most)
  const limit = demand?.max_height ?? 0
  if (picture.source !== 'camera' || limit === 0) return full ?? {}
  const height = picture.height ?? USUAL_HEIGHT
  const scale = [4, 2].find((factor) => limit * factor <= height * TOLERANCE) ?? 1
  return planCamera(picture.codec, height, scale, most)
}

function isWanted({ rid }: EncodingParameters, demand: Demand | null): boolean {
  if (demand === null || demand.encodings.length === 0) return true
  const own = rid === undefined ? undefined : demand.encodings.find((one) => one.rid === rid)
  // Without a word about this one, whatever anybody wants of the track must be sent.
  return own?.wanted ?? demand.encodings.some(({ wanted }) => wanted)
}

const DEFAULTS: Readonly<Record<string, unknown>> = { active: true, scaleResolutionDownBy: 1 }

/** Browsers leave out what they do not know; asking for it again and again would not teach them. */
function differs(now: EncodingParameters | undefined, next: EncodingParameters): boolean {
  const known = now as Readonly<Record<string, unknown>> | undefined
  return Object.entries(next).some(([key, value]) => {
    const before = known?.[key] ?? DEFAULTS[key]
    return before !== undefined && before !== value
  })
}
