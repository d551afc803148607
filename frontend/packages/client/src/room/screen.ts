import type { ScreenShareOptions } from '../api/publication.ts'
import type { Browser } from '../browser/types.ts'
import { deviceError, toDeviceError } from '../devices/errors.ts'
import { createStore } from '../store.ts'
import type { Hold } from './local-publication.ts'

/** A captured screen, window or tab, or its sound. */
export interface ScreenHold extends Hold {
  /** Called once when the user ends it outside of the page. */
  onEnded(listener: () => void): void
}

/** Text changes seldom and must be sharp; motion must be smooth. */
const FRAME_RATES = { text: 15, motion: 30 } as const

/** Opens the browser's picker. */
export async function captureScreen(
  { media, secure }: Browser,
  options: ScreenShareOptions,
): Promise<{ video: ScreenHold; audio: ScreenHold | null }> {
  if (media?.getDisplayMedia === undefined) {
    throw deviceError(secure ? 'device/unsupported' : 'device/insecure', 'This browser cannot share a screen.')
  }
  const content = options.content ?? 'text'
  const rate = options.maxFramerate ?? FRAME_RATES[content]
  const tracks = await openPicker(() =>
    media.getDisplayMedia?.({ video: { frameRate: { ideal: rate, max: rate } }, audio: options.audio ?? true }),
  )
  const video = tracks.find(({ kind }) => kind === 'video')
  const audio = tracks.find(({ kind }) => kind === 'audio')
  if (video === undefined) {
    audio?.stop()
    throw deviceError('device/failed', 'The browser gave a share without a picture.')
  }
  video.contentHint = content === 'text' ? 'detail' : 'motion'
  return { video: hold(video), audio: audio === undefined ? null : hold(audio) }
}

async function openPicker(
  open: () => Promise<{ getTracks(): readonly MediaStreamTrack[] }> | undefined,
): Promise<readonly MediaStreamTrack[]> {
  try {
    return (await open())?.getTracks() ?? []
  } catch (cause) {
    const error = toDeviceError(cause)
    // Whoever closes the picker has denied nothing; there is nothing to explain.
    throw error.code === 'device/denied' ? deviceError('device/dismissed', error.message, cause) : error
  }
}

function hold(track: MediaStreamTrack): ScreenHold {
  const store = createStore<MediaStreamTrack | null>(track)
  return {
    track: store,
    release: () => {
      store.set(null)
      track.stop()
    },
    onEnded: (listener) => {
      track.addEventListener('ended', listener, { once: true })
    },
  }
}
