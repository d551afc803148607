import { createLevelReader, playTone } from './page-audio.ts'
import { watchElement } from './page-elements.ts'
import type { AudioOutput, Browser, PermissionLike, Socket, SocketHandlers } from './types.ts'

/** The browser that the page runs in. Touches nothing until it is used, so that it may be imported anywhere. */
export const pageBrowser: Browser = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  random: () => Math.random(),
  setTimer: (delay, callback) => {
    const handle = setTimeout(callback, delay)
    return () => {
      clearTimeout(handle)
    }
  },
  get secure() {
    return typeof isSecureContext === 'undefined' || isSecureContext
  },
  defaultUrl,
  openSocket,
  // Every peer connection makes a certificate of its own; the server tells a new one from a restart by it.
  createPeerConnection: (configuration) => new RTCPeerConnection(configuration),
  videoCodecs: () => RTCRtpReceiver.getCapabilities('video')?.codecs ?? [],
  get media() {
    // Browsers leave it out in insecure contexts, whatever the types say.
    const { mediaDevices } = navigator as Partial<Navigator>
    return mediaDevices ?? null
  },
  queryPermission,
  online: () => navigator.onLine,
  visible: () => document.visibilityState !== 'hidden',
  onNetworkChange: (listener) => {
    const { connection } = navigator as Navigator & { readonly connection?: EventTarget }
    return listenAll([
      [window, 'online'],
      [window, 'offline'],
      ...(connection === undefined ? [] : ([[connection, 'change']] as const)),
    ], listener)
  },
  onVisibilityChange: (listener) => listenAll([[document, 'visibilitychange']], listener),
  onPageEnd: (listener) => {
    // A page that is kept for the back button comes back and resumes.
    const ended = (event: PageTransitionEvent): void => {
      if (!event.persisted) listener()
    }
    window.addEventListener('pagehide', ended)
    return () => {
      window.removeEventListener('pagehide', ended)
    }
  },
  get canSelectSpeaker() {
    return typeof HTMLMediaElement !== 'undefined' && 'setSinkId' in HTMLMediaElement.prototype
  },
  watchElement,
  createAudioOutput,
  createLevelReader,
  playTone,
}

function defaultUrl(): string | null {
  if (typeof location === 'undefined') return null
  return `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/ws`
}

function openSocket(url: string, handlers: SocketHandlers): Socket {
  const socket = new WebSocket(url)
  let over = false
  socket.onopen = () => {
    if (!over) handlers.opened()
  }
  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (!over && typeof data === 'string') handlers.received(data)
  }
  // An error is always followed by a close.
  socket.onclose = ({ code }) => {
    if (over) return
    over = true
    handlers.closed(code)
  }
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text)
    },
    close: () => {
      over = true
      socket.close()
    },
  }
}

async function queryPermission(kind: 'microphone' | 'camera'): Promise<PermissionLike | null> {
  try {
    const status = await navigator.permissions.query({ name: kind })
    return {
      get state() {
        return status.state
      },
      onChange: (listener) => {
        status.addEventListener('change', listener)
      },
    }
  } catch {
    // Older browsers do not know these names.
    return null
  }
}

function createAudioOutput(track: MediaStreamTrack): AudioOutput {
  const element = document.createElement('audio')
  element.srcObject = new MediaStream([track])
  return {
    play: () => element.play(),
    setSink: (deviceId) => ('setSinkId' in element ? element.setSinkId(deviceId) : Promise.resolve()),
    close: () => {
      element.pause()
      element.srcObject = null
    },
  }
}

function listenAll(targets: readonly (readonly [EventTarget, string])[], listener: () => void): () => void {
  for (const [target, type] of targets) target.addEventListener(type, listener)
  return () => {
    for (const [target, type] of targets) target.removeEventListener(type, listener)
  }
}
