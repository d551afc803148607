import type { ViewWish } from '../api/publication.ts'
import type { Browser } from '../browser/types.ts'
import { ViewMachine } from '../machines/viewing.ts'
import type { ClientBody } from '../machines/session.ts'
import { Alarm } from './alarm.ts'
import type { RemotePublication, Viewer } from './participant.ts'
import type { Peer } from './peer.ts'
import type { Roster } from './roster.ts'

/** Most cameras are this shape; a wide place shows the middle of the picture at full width. */
const SHAPE = 9 / 16

export interface ViewingHooks {
  peer(): Peer | null
  request(body: ClientBody): string | null
}

/** Tells the server what is looked at: which pictures, and how large. */
export class Viewing implements Viewer {
  readonly #browser: Browser
  readonly #roster: Roster
  readonly #hooks: ViewingHooks
  readonly #machine = new ViewMachine()
  readonly #alarm: Alarm
  #stopPage: (() => void) | null = null
  /** The request that told it last. */
  #request: string | null = null

  constructor(browser: Browser, roster: Roster, hooks: ViewingHooks) {
    this.#browser = browser
    this.#roster = roster
    this.#hooks = hooks
    this.#alarm = new Alarm(browser, () => {
      this.#machine.wake(browser.now())
      this.#drain()
    })
  }

  watch(publication: RemotePublication, element: Element): () => void {
    const place = {}
    const { id, source } = publication
    const stop = this.#browser.watchElement(element, ({ width, height, visible }) => {
      // A screen is shown whole, a face fills its place.
      const needed = source === 'screen' || height === 0 ? height : Math.max(height, width * SHAPE)
      this.#machine.look(this.#browser.now(), place, id, { height: needed, visible })
      this.#drain()
    })
    return () => {
      stop()
      this.#machine.look(this.#browser.now(), place, id, null)
      this.#drain()
    }
  }

  wish(publication: RemotePublication, wish: ViewWish | null): void {
    this.#machine.wish(this.#browser.now(), publication.id, wish)
    this.#drain()
  }

  /** In the room, or back in it. */
  start(): void {
    const look = (): void => {
      this.#machine.page(this.#browser.now(), this.#browser.visible())
      this.#drain()
    }
    this.#stopPage ??= this.#browser.onVisibilityChange(look)
    this.#machine.forget(this.#browser.now())
    look()
  }

  /** A new peer connection begins, with other lines. */
  renew(): void {
    this.#machine.forget(this.#browser.now())
  }

  /** People, publications or lines changed. */
  update(): void {
    const sights = [...this.#roster.publications()]
      .filter(({ kind }) => kind === 'video')
      .map(({ id, source, mid }) => ({ track: id, screen: source === 'screen', mid }))
    this.#machine.offered(this.#browser.now(), sights, this.#hooks.peer()?.lines('video') ?? [])
    this.#drain()
  }

  /** A request was refused. Returns whether it was this one's. */
  requestRefused(id: string | undefined): boolean {
    if (id === undefined || id !== this.#request) return false
    this.#machine.refused(this.#browser.now())
    this.#drain()
    return true
  }

  stop(): void {
    this.#stopPage?.()
    this.#stopPage = null
    this.#alarm.set(null)
  }

  #drain(): void {
    // Outside of a call nobody wants to know; what is looked at is told when one begins.
    if (this.#stopPage === null) return
    const slots = this.#machine.poll(this.#browser.now())
    if (slots !== null) {
      this.#request = this.#hooks.request({ type: 'view', slots })
      if (this.#request === null) this.#machine.unsent()
    }
    this.#alarm.set(this.#machine.deadline())
  }
}
