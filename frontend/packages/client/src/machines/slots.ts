import type { SlotAssignment } from '@seameet/protocol'
import type { Delivery, DeliveryCause } from '../api/publication.ts'

/** A picture that waits for its keyframe is shown after this long anyway, should the server's word get lost. */
const WAIT_LIMIT = 2000

const CAUSES: ReadonlySet<string> = new Set<DeliveryCause>([
  'full', 'size', 'publisher', 'bandwidth', 'higher-priority', 'paused', 'hidden', 'muted', 'codec', 'waiting-for-keyframe', 'empty',
])

interface Slot {
  readonly track: string
  readonly delivery: Delivery
  /** Since when it waits to show this track for the first time; null once it was shown. */
  readonly waitingSince: number | null
}

/** Where a track arrives. */
export interface Arrival extends Delivery {
  readonly mid: string
  /**
   * The line's picture is this track's. False right after the line was given to the track: what is decoded until the
   * keyframe still belongs to the track that had the line before, and would show one face under another's name.
   */
  readonly settled: boolean
}

/** Which of the own receiving lines carries which track, as the server says. Pure. */
export class SlotTable {
  readonly #slots = new Map<string, Slot>()

  /** Takes over what the server says; lines that it does not name stay. */
  assign(now: number, assignments: readonly SlotAssignment[]): void {
    for (const assignment of assignments) {
      const { mid, track } = assignment
      if (track === undefined) {
        this.#slots.delete(mid)
        continue
      }
      const delivery = deliveryOf(assignment)
      this.#slots.set(mid, { track, delivery, waitingSince: this.#waitingSince(now, mid, track, delivery) })
    }
  }

  /** The lines are gone: a new peer connection begins. */
  clear(): void {
    this.#slots.clear()
  }

  /** Where the track arrives; null when no line carries it. */
  find(now: number, track: string): Arrival | null {
    for (const [mid, slot] of this.#slots) {
      if (slot.track !== track) continue
      return { mid, ...slot.delivery, settled: slot.waitingSince === null || isOverdue(now, slot) }
    }
    return null
  }

  /** When the next line that waits is shown anyway; null when none waits. */
  deadline(now: number): number | null {
    let first: number | null = null
    for (const { waitingSince, delivery } of this.#slots.values()) {
      if (waitingSince === null || delivery.cause !== 'waiting-for-keyframe' || now - waitingSince >= WAIT_LIMIT) continue
      first = Math.min(first ?? Infinity, waitingSince + WAIT_LIMIT)
    }
    return first
  }

  #waitingSince(now: number, mid: string, track: string, { cause, layer }: Delivery): number | null {
    const former = this.#slots.get(mid)
    const same = former?.track === track
    // While nothing of the track flows, its line still holds what was there before.
    if (cause === 'full' || cause === 'unknown' || layer !== null) return null
    if (!same) return now
    return former.waitingSince === null || former.delivery.cause === cause ? former.waitingSince : now
  }
}

/** The server's word that the keyframe came may be lost; that nothing is sent at all is no matter of time. */
function isOverdue(now: number, { waitingSince, delivery }: Slot): boolean {
  return delivery.cause === 'waiting-for-keyframe' && now - (waitingSince ?? now) >= WAIT_LIMIT
}

function deliveryOf({ cause: name, cause_track: causeTrack, layer }: SlotAssignment): Delivery {
  const cause = name.replaceAll('_', '-')
  return {
    assigned: true,
    cause: CAUSES.has(cause) ? (cause as DeliveryCause) : 'unknown',
    causeTrack: causeTrack ?? null,
    layer: layer === undefined ? null : { ...layer, width: layer.width ?? null, height: layer.height ?? null },
  }
}
