import { PROTOCOL_VERSION, type Join, type Ready } from '@seameet/protocol'
import { SeameetError } from '../api/error.ts'
import type { ConnectOptions } from '../api/room.ts'
import type { Browser } from '../browser/types.ts'

/** One stay in a room, from `connect` until its end. */
export interface Visit {
  readonly options: ConnectOptions
  readonly url: string
  /** What asked to be let in last. */
  join?: Join
  /** What `connect` returned. */
  readonly done: Promise<void>
  readonly resolve: () => void
  /** Does nothing once the join succeeded. */
  readonly reject: (error: SeameetError) => void
  /** Takes back what the visit listens to. */
  readonly cleanups: (() => void)[]
}

/** What a visit notices of the page. */
export interface PageHooks {
  networkChanged(): void
  visibilityChanged(): void
  /** The caller gave up, or the page goes away. */
  gone(): void
}

export function newVisit(options: ConnectOptions, url: string, cleanups: (() => void)[]): Visit {
  let resolve: () => void = () => undefined
  let reject: (error: SeameetError) => void = () => undefined
  const done = new Promise<void>((settle, fail) => {
    resolve = settle
    reject = fail
  })
  // Who calls `leave` right after `connect` need not handle the rejection of a promise that nobody kept.
  done.catch(() => undefined)
  return { options: { ...options }, url, done, resolve, reject, cleanups }
}

/** Listens while a visit lasts. Returns what ends it. */
export function watchPage(browser: Browser, signal: AbortSignal | undefined, hooks: PageHooks): (() => void)[] {
  const gone = (): void => {
    hooks.gone()
  }
  signal?.addEventListener('abort', gone, { once: true })
  return [
    () => signal?.removeEventListener('abort', gone),
    browser.onNetworkChange(() => {
      hooks.networkChanged()
    }),
    browser.onVisibilityChange(() => {
      hooks.visibilityChanged()
    }),
    browser.onPageEnd(gone),
  ]
}

/** The first message of a connection. */
export function joinMessage(
  { displayName, roomId, attributes }: ConnectOptions,
  client: { readonly name: string; readonly version: string },
  token: string | undefined,
  resume: { readonly former: Ready; readonly seq: number } | null,
): Join {
  return {
    protocol: PROTOCOL_VERSION,
    room_id: roomId,
    client: { ...client },
    ...(displayName === undefined ? {} : { display_name: displayName }),
    ...(attributes === undefined ? {} : { attributes: { ...attributes } }),
    ...(token === undefined ? {} : { token }),
    ...(resume === null ? {} : { resume: { token: resume.former.resume.token, seq: resume.seq } }),
  }
}

export function aborted(): SeameetError {
  return new SeameetError('connect/aborted', 'The room was left before it was joined.', { retryable: true })
}
