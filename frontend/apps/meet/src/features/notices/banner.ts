import type { Connection } from '@seameet/client'
import type { Messages } from '../../i18n/index.tsx'

/** What the banner says. */
export interface Banner {
  readonly tone: 'warning' | 'danger'
  readonly title: string
  readonly hint: string
  /** What is being done about it. */
  readonly progress: string
}

/** Puts the connection into honest words: which half is down, what still works, what happens next. */
export function bannerOf(connection: Connection, texts: Messages['connection'], now: number): Banner | undefined {
  if (connection.state !== 'recovering' && connection.state !== 'waiting') return undefined
  return { ...wordsFor(connection, texts), progress: progressOf(connection, texts, now) }
}

function wordsFor(connection: Connection, texts: Messages['connection']): Omit<Banner, 'progress'> {
  const signalUp = connection.signal === 'up'
  const mediaUp = connection.media === 'up'
  if (connection.reason === 'offline' && !mediaUp) {
    return { tone: 'danger', title: texts.offline, hint: texts.offlineHint }
  }
  if (mediaUp) return { tone: 'warning', title: signalTitle(connection, texts), hint: texts.stillHeard }
  if (signalUp) return { tone: 'danger', title: texts.mediaDown, hint: texts.mediaHint }
  return { tone: 'danger', title: texts.bothDown, hint: texts.bothHint }
}

function signalTitle(connection: Connection, texts: Messages['connection']): string {
  return connection.reason === 'server-restarting' ? texts.restarting : texts.signalDown
}

function progressOf({ state, retryAt, attempt }: Connection, texts: Messages['connection'], now: number): string {
  const seconds = retryAt === null ? 0 : Math.ceil((retryAt - now) / 1000)
  if (state === 'waiting' && seconds > 0) return texts.next(seconds)
  return attempt > 1 ? texts.attempt(attempt) : texts.trying
}
