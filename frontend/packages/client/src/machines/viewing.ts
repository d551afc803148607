import type { SlotWish } from '@seameet/protocol'
import type { ViewWish } from '../api/publication.ts'

/** What scrolls out of sight may scroll back, and a tile that is moved leaves the page for a moment. */
const HIDE_AFTER = 1000
/** A page that is left for a glance elsewhere goes on. */
const PAGE_HIDE_AFTER = 5000
/** Tiles of a new arrangement are told together. */
const APPEAR_DELAY = 20
/** While somebody drags a window's edge, every size is soon outdated. */
const CHANGE_DELAY = 100
/** Between two messages. */
const LEAST_GAP = 200
/** Sizes are told in steps of this many pixels. */
const STEP = 90
/** What a screen counts more than a face. */
const SCREEN_PRIORITY = 100

/** A picture that can be received. */
export interface Sight {
  readonly track: string
  readonly screen: boolean
  /** The line that carries it already; null when none. */
  readonly mid: string | null
}

/** Where a picture is shown. */
export interface Box {
  /** Height of the picture that fills it, in pixels of the display. */
  readonly height: number
  readonly visible: boolean
}

interface Place {
  readonly box: Box
  /** Until when it counts although it is out of sight; null while it is in sight. */
  readonly until: number | null
}

/**
 * What this client wants to see: each track as tall as the largest place that shows it, and nothing of what is out of
 * sight. While no place was ever told, the server fills the lines as it likes. Pure.
 */
export class ViewMachine {
  readonly #places = new Map<object, { readonly track: string; readonly place: Place }>()
  readonly #wishes = new Map<string, ViewWish>()
  /** Height that was told of each track. */
  readonly #told = new Map<string, number>()
  readonly #mids = new Map<string, string>()
  #sights: readonly Sight[] = []
  #lines: readonly string[] = []
  #hiddenSince: number | null = null
  /** The app shows pictures, so it is for the app to say which. */
  #begun = false
  #sent = ''
  #sentAt = -Infinity
  #dueAt: number | null = null

  /** A place shows the track now; null takes the place away. */
  look(now: number, place: object, track: string, box: Box | null): void {
    this.#begun = true
    const former = this.#places.get(place)?.place
    const visible = box !== null && box.visible && box.height > 0
    if (box === null && former === undefined) return
    const until = visible ? null : (former?.until ?? (former === undefined ? now : now + HIDE_AFTER))
    // What is out of sight keeps the size that it had there.
    const shown = visible || former === undefined ? (box ?? { height: 0, visible: false }) : former.box
    this.#places.set(place, { track, place: { box: shown, until } })
    this.#changed(now)
  }

  wish(now: number, track: string, wish: ViewWish | null): void {
    if (wish === null) this.#wishes.delete(track)
    else {
      this.#begun = true
      this.#wishes.set(track, wish)
    }
    this.#changed(now)
  }

  /** What there is to see, and the lines that can carry it. */
  offered(now: number, sights: readonly Sight[], lines: readonly string[]): void {
    this.#sights = sights
    this.#lines = lines
    const tracks = new Set(sights.map(({ track }) => track))
    for (const memory of [this.#told, this.#wishes]) for (const track of memory.keys()) if (!tracks.has(track)) memory.delete(track)
    this.#changed(now)
  }

  page(now: number, visible: boolean): void {
    this.#hiddenSince = visible ? null : (this.#hiddenSince ?? now)
    this.#changed(now)
  }

  /** The server knows nothing of what was told before. */
  forget(now: number): void {
    this.#sent = ''
    this.#mids.clear()
    this.#told.clear()
    this.#changed(now)
  }

  /** Nothing can be told now. What is to be told is said after `forget`. */
  unsent(): void {
    this.#sent = ''
    this.#dueAt = null
  }

  /** The last message was refused; it is sent again later. */
  refused(now: number): void {
    this.#sent = ''
    this.#sentAt = now + 1000 - LEAST_GAP
    this.#dueAt = now + 1000
  }

  /** What to tell the server now; null when it knows all. */
  poll(now: number): SlotWish[] | null {
    for (const [place, { place: { until } }] of this.#places) if (until !== null && until <= now) this.#places.delete(place)
    if (this.#dueAt === null || now < this.#dueAt) return null
    this.#dueAt = null
    const slots = this.#compose(now)
    const text = JSON.stringify(slots)
    if (slots.length === 0 || text === this.#sent) return null
    this.#sent = text
    this.#sentAt = now
    for (const { track, max_height: height } of slots) if (track !== undefined) this.#told.set(track, height)
    return slots
  }

  /** When to poll next; null when nothing is awaited. */
  deadline(): number | null {
    const times = [this.#dueAt, ...[...this.#places.values()].map(({ place }) => place.until)]
    if (this.#hiddenSince !== null && this.#places.size > 0 && !this.#sentHidden()) times.push(this.#hiddenSince + PAGE_HIDE_AFTER)
    return times.reduce((first, time) => (time === null ? first : Math.min(first ?? Infinity, time)), null)
  }

  /** Time passed: what that changes is due. */
  wake(now: number): void {
    const gone = [...this.#places.values()].some(({ place: { until } }) => until !== null && until <= now)
    const left = this.#hiddenSince !== null && now - this.#hiddenSince >= PAGE_HIDE_AFTER && !this.#sentHidden()
    if (gone || left) this.#dueAt = Math.min(this.#dueAt ?? Infinity, Math.max(now, this.#sentAt + LEAST_GAP))
  }

  #sentHidden(): boolean {
    return [...this.#told.values()].every((height) => height === 0)
  }

  #changed(now: number): void {
    if (!this.#begun) return
    const appears = this.#sights.some(({ track }) => {
      const told = this.#told.get(track) ?? 0
      return told === 0 && this.#height(now, track) > 0
    })
    const soon = Math.max(now + (appears ? APPEAR_DELAY : CHANGE_DELAY), this.#sentAt + LEAST_GAP)
    this.#dueAt = Math.min(this.#dueAt ?? Infinity, soon)
  }

  #compose(now: number): SlotWish[] {
    const wanted = this.#sights.map((sight) => ({ ...sight, height: this.#height(now, sight.track), wish: this.#wishes.get(sight.track) ?? {} }))
    const rank = ({ wish, screen, height }: (typeof wanted)[number]): number =>
      (wish.pinned === true ? 1e9 : 0) + (wish.priority ?? (screen ? SCREEN_PRIORITY : 0)) * 1e5 + height
    wanted.sort((a, b) => rank(b) - rank(a))
    this.#assign(wanted)
    return wanted.flatMap(({ track, screen, height, wish }): SlotWish[] => {
      const mid = this.#mids.get(track)
      const priority = wish.priority ?? (screen ? SCREEN_PRIORITY : 0)
      return mid === undefined
        ? []
        : [{
            mid,
            track,
            max_height: height,
            ...(wish.maxFramerate === undefined ? {} : { max_fps: wish.maxFramerate }),
            ...(wish.minHeight === undefined ? {} : { min_height: wish.minHeight }),
            ...(priority === 0 ? {} : { priority }),
            ...(wish.pinned === true ? { pinned: true } : {}),
          }]
    }).sort((a, b) => this.#lines.indexOf(a.mid) - this.#lines.indexOf(b.mid))
  }

  /** Gives lines to tracks, most wanted first. A track keeps its line, also out of sight while nobody needs it. */
  #assign(wanted: readonly { readonly track: string; readonly mid: string | null; readonly height: number }[]): void {
    const tracks = new Set(wanted.map(({ track }) => track))
    for (const [track, mid] of this.#mids) if (!tracks.has(track) || !this.#lines.includes(mid)) this.#mids.delete(track)
    for (const { track, mid } of wanted) {
      if (mid !== null && !this.#mids.has(track) && this.#lines.includes(mid) && !this.#isTaken(mid)) this.#mids.set(track, mid)
    }
    const leastWanted = [...wanted].reverse()
    for (const { track, height } of wanted) {
      if (height === 0 || this.#mids.has(track)) continue
      const free = this.#lines.find((mid) => !this.#isTaken(mid))
      const loser = leastWanted.find((other) => this.#mids.has(other.track))
      if (free !== undefined) this.#mids.set(track, free)
      else if (loser !== undefined && wanted.findIndex((one) => one.track === loser.track) > wanted.findIndex((one) => one.track === track)) {
        this.#mids.set(track, this.#mids.get(loser.track) ?? '')
        this.#mids.delete(loser.track)
      }
    }
  }

  #isTaken(mid: string): boolean {
    return [...this.#mids.values()].includes(mid)
  }

  #height(now: number, track: string): number {
    if (this.#hiddenSince !== null && now - this.#hiddenSince >= PAGE_HIDE_AFTER) return 0
    const limit = this.#wishes.get(track)?.maxHeight
    if (limit !== undefined) return limit
    let height = 0
    for (const { track: shown, place: { box, until } } of this.#places.values()) {
      if (shown === track && (until === null || until > now)) height = Math.max(height, box.height)
    }
    return steady(height, this.#told.get(track) ?? 0)
  }
}

/** The next step up, or the former one while the size is not much below it. */
function steady(height: number, former: number): number {
  if (height <= 0) return 0
  if (height <= former && height > former - 1.5 * STEP) return former
  return Math.ceil(height / STEP) * STEP
}
