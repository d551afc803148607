import type { Locator, Page } from '@playwright/test'

/** One entry of a page's WebRTC statistics; only what the tests read. */
export interface Report {
  readonly type: string
  readonly id: string
  readonly kind?: string
  readonly rid?: string
  readonly mid?: string
  readonly codecId?: string
  readonly mimeType?: string
  readonly frameHeight?: number
  readonly framesSent?: number
  readonly framesDecoded?: number
  readonly bytesReceived?: number
  readonly packetsReceived?: number
  readonly packetsLost?: number
  readonly protocol?: string
  readonly candidateType?: string
  readonly localCandidateId?: string
  readonly remoteCandidateId?: string
  readonly selectedCandidatePairId?: string
  readonly selected?: boolean
  readonly address?: string
}

/** The statistics of every peer connection of the page that is not closed. */
export async function reports(page: Page): Promise<Report[]> {
  return page.evaluate(async () => {
    const open = (window.seameetConnections ?? []).filter((connection) => connection.connectionState !== 'closed')
    const all = await Promise.all(open.map((connection) => connection.getStats()))
    return all.flatMap((report) => [...report.values()] as Report[])
  })
}

/** The candidates that media flows between. */
export async function route(page: Page): Promise<{ local: Report; remote: Report } | null> {
  const all = await reports(page)
  const named = (id: string | undefined): Report | undefined => all.find((entry) => entry.id === id)
  const chosen = named(all.find((entry) => entry.type === 'transport')?.selectedCandidatePairId)
  // Firefox marks the pair itself.
  const pair = chosen ?? all.find((entry) => entry.type === 'candidate-pair' && entry.selected)
  const local = named(pair?.localCandidateId)
  const remote = named(pair?.remoteCandidateId)
  return local === undefined || remote === undefined ? null : { local, remote }
}

/** Begins to note when a video shows a new frame. */
export async function watchFrames(video: Locator): Promise<void> {
  await video.evaluate((element) => {
    if (!(element instanceof HTMLVideoElement)) throw new Error('no video')
    const watched = element as HTMLVideoElement & { shownAt?: number[] }
    const begun = watched.shownAt !== undefined
    watched.shownAt = [performance.now()]
    const note = (now: number): void => {
      watched.shownAt?.push(now)
      watched.requestVideoFrameCallback(note)
    }
    if (!begun) watched.requestVideoFrameCallback(note)
  })
}

/** The longest time without a new frame since `watchFrames`, in milliseconds, up to now. */
export async function longestFreeze(video: Locator): Promise<number> {
  return video.evaluate((element) => {
    const times = [...((element as HTMLVideoElement & { shownAt?: number[] }).shownAt ?? []), performance.now()]
    return times.reduce((longest, time, at) => Math.max(longest, at === 0 ? 0 : time - (times[at - 1] ?? time)), 0)
  })
}
