import type { DeviceKind } from '../api/devices.ts'

/** One WebSocket, as far as the client cares. */
export interface Socket {
  /** Ignored when the socket is not open. */
  send(text: string): void
  /** Idempotent. No handler is called afterwards. */
  close(): void
}

export interface SocketHandlers {
  opened(): void
  received(text: string): void
  /** It closed or never opened, with the code of the close frame. Called at most once, and nothing after it. */
  closed(code: number): void
}

/** An encoding with the field that the language's own types do not know yet. */
export interface EncodingParameters extends RTCRtpEncodingParameters {
  /** The layers inside it, such as `L1T3` (https://www.w3.org/TR/webrtc-svc/). */
  scalabilityMode?: string
}

/** What is used of `RTCRtpSender`. */
export interface SenderLike {
  readonly track: MediaStreamTrack | null
  replaceTrack(track: MediaStreamTrack | null): Promise<void>
  getParameters(): RTCRtpSendParameters
  setParameters(parameters: RTCRtpSendParameters): Promise<void>
}

/** What is used of `RTCRtpReceiver`. */
export interface ReceiverLike {
  readonly track: MediaStreamTrack
  getSynchronizationSources(): readonly { readonly timestamp: number; readonly audioLevel?: number }[]
}

/** What is used of `RTCRtpTransceiver`. */
export interface TransceiverLike {
  /** Null until the local description is set. */
  readonly mid: string | null
  readonly sender: SenderLike
  readonly receiver: ReceiverLike
  /** Absent in old browsers. */
  setCodecPreferences?(codecs: RTCRtpCodec[]): void
}

/** What is used of `RTCStatsReport`. */
export interface StatsLike {
  forEach(callback: (value: unknown) => void): void
}

/** What is used of `RTCPeerConnection`. */
export interface PeerConnectionLike {
  readonly connectionState: RTCPeerConnectionState
  readonly iceConnectionState: RTCIceConnectionState
  readonly signalingState: RTCSignalingState
  readonly localDescription: { readonly sdp: string } | null
  createOffer(options?: { readonly iceRestart?: boolean }): Promise<RTCSessionDescriptionInit>
  setLocalDescription(description: RTCLocalSessionDescriptionInit): Promise<void>
  setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void>
  addTransceiver(trackOrKind: MediaStreamTrack | string, init: RTCRtpTransceiverInit): TransceiverLike
  setConfiguration(configuration: RTCConfiguration): void
  getStats(): Promise<StatsLike>
  addEventListener(type: string, listener: (event: Event) => void): void
  close(): void
}

/** What is used of `navigator.mediaDevices`. */
export interface MediaDevicesLike {
  enumerateDevices(): Promise<readonly DeviceEntry[]>
  getUserMedia(constraints: MediaStreamConstraints): Promise<StreamLike>
  /** Absent on phones. */
  readonly getDisplayMedia?: (options: DisplayMediaStreamOptions) => Promise<StreamLike>
  addEventListener(type: 'devicechange', listener: () => void): void
  removeEventListener(type: 'devicechange', listener: () => void): void
}

export interface DeviceEntry {
  readonly kind: MediaDeviceKind
  readonly deviceId: string
  readonly label: string
  readonly groupId: string
}

export interface StreamLike {
  getTracks(): readonly MediaStreamTrack[]
}

/** A permission that can change while the page is open. */
export interface PermissionLike {
  readonly state: PermissionState
  onChange(listener: () => void): void
}

/** An element that plays sound. */
export interface AudioOutput {
  /** Rejects when the browser wants a gesture first. */
  play(): Promise<void>
  setSink(deviceId: string): Promise<void>
  close(): void
}

/** An element on the page, in pixels of the display. */
export interface ElementBox {
  readonly width: number
  readonly height: number
  /** In the window, or about to come into it. */
  readonly visible: boolean
}

/** Reads how loud a track is. */
export interface LevelReader {
  /** Root mean square, 0 to 1. */
  read(): number
  close(): void
}

/**
 * Everything that the client takes from its surroundings: clock, chance, network, media. The page's own is
 * `pageBrowser`; tests bring a fake with virtual time.
 */
export interface Browser {
  /** Milliseconds that never jump. */
  now(): number
  /** Milliseconds since 1970. */
  wallTime(): number
  /** 0 to 1. */
  random(): number
  /** Calls back once after `delay` milliseconds. Returns what cancels it. */
  setTimer(delay: number, callback: () => void): () => void
  /** Whether the page may use devices at all. */
  readonly secure: boolean
  /** `/ws` at the page's own origin; null outside of a page. */
  defaultUrl(): string | null
  openSocket(url: string, handlers: SocketHandlers): Socket
  createPeerConnection(configuration: RTCConfiguration): PeerConnectionLike
  /** Every codec for pictures, most liked first. */
  videoCodecs(): RTCRtpCodec[]
  /** Null where the browser offers no devices, such as in insecure contexts. */
  readonly media: MediaDevicesLike | null
  /** Null where the browser does not tell. */
  queryPermission(kind: 'microphone' | 'camera'): Promise<PermissionLike | null>
  online(): boolean
  visible(): boolean
  /** The network came, went or changed. Returns what ends the watch. */
  onNetworkChange(listener: () => void): () => void
  onVisibilityChange(listener: () => void): () => void
  /** The page goes away for good. */
  onPageEnd(listener: () => void): () => void
  readonly canSelectSpeaker: boolean
  /** Tells size and visibility of an element, now and whenever they change. Returns what ends the watch. */
  watchElement(element: Element, listener: (box: ElementBox) => void): () => void
  createAudioOutput(track: MediaStreamTrack): AudioOutput
  createLevelReader(track: MediaStreamTrack): LevelReader
  /** Plays a short tone on a speaker; an empty id is the system's own choice. */
  playTone(deviceId: string): Promise<void>
}

/** The kind that the browser calls a device by. */
export const NATIVE_KIND: Readonly<Record<DeviceKind, MediaDeviceKind>> = {
  microphone: 'audioinput',
  camera: 'videoinput',
  speaker: 'audiooutput',
}
