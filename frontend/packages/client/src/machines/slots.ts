import type { SlotAssignment } from '@seameet/protocol'
import type { Delivery, DeliveryCause } from '../api/publication.ts'

/** A picture that waits for its keyframe is shown after this long anyway, should the server's word get lost. */
const WAIT_LIMIT = 2000

const CAUSES: Readonly<Record<string, DeliveryCause>> = {
  full: 'full',
  empty: 'empty',
  muted: 'muted',
  hidden: 'hidden',
  waiting_for_keyframe: 'waiting-for-keyframe',
  codec: 'codec',
}

interface Slot {
  readonly track: string
  readonly cause: DeliveryCause
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
    for (const { mid, track, cause: name } of assignments) {
      const cause = CAUSES[name] ?? 'unknown'
      if (track === undefined) this.#slots.delete(mid)
      else this.#slots.set(mid, { track, cause, waitingSince: this.#waitingSince(now, mid, track, cause) })
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
      const settled = slot.waitingSince === null || now - slot.waitingSince >= WAIT_LIMIT
      return { mid, assigned: true, cause: slot.cause, settled }
    }
    return null
  }

  /** When the next line that waits is shown anyway; null when none waits. */
  deadline(now: number): number | null {
    let first: number | null = null
    for (const { waitingSince } of this.#slots.values()) {
      if (waitingSince === null || now - waitingSince >= WAIT_LIMIT) continue
      first = Math.min(first ?? Infinity, waitingSince + WAIT_LIMIT)
    }
    return first
  }

  #waitingSince(now: number, mid: string, track: string, cause: DeliveryCause): number | null {
    const former = this.#slots.get(mid)
    const same = former?.track === track
    // A muted or hidden track sends nothing, so its line still holds what was there before.
    if (cause === 'waiting-for-keyframe' || cause === 'muted' || cause === 'hidden') {
      return same && former.waitingSince === null ? null : now
    }
    return null
  }
}
