import type { SeameetError } from './error.ts'
import type { Store } from './store.ts'

export type DeviceKind = 'microphone' | 'camera' | 'speaker'
export type CaptureKind = 'microphone' | 'camera'

export interface DeviceInfo {
  readonly id: string
  /** Empty until permission was given. */
  readonly label: string
  readonly groupId: string
}

export interface DeviceLists {
  readonly microphone: readonly DeviceInfo[]
  readonly camera: readonly DeviceInfo[]
  readonly speaker: readonly DeviceInfo[]
}

/** `unknown` where the browser does not tell before it is asked for a device. */
export type Permission = 'unknown' | 'prompt' | 'granted' | 'denied'

export interface Permissions {
  readonly microphone: Permission
  readonly camera: Permission
}

/** What was wished for one kind of device, and what is in use. */
export interface DeviceChoice {
  /** A device id, or `default`. Never shown as fact: see `actual`. */
  readonly wanted: Store<string>
  /** What is captured from or played to now; null while nothing is. */
  readonly actual: Store<DeviceInfo | null>
  /** Why the last attempt failed; null when it worked. */
  readonly error: Store<SeameetError | null>
  /** Wishes for a device. Running captures switch to it without a renegotiation. */
  select(deviceId: string): Promise<void>
}

/**
 * A hold on a running capture. All holds of a kind share one capture, so going from the lobby's preview to the room
 * does not switch the camera off and on. The capture stops when the last hold is released.
 */
export interface Capture {
  readonly kind: CaptureKind
  /** Changes when the device is switched or re-plugged; null while there is none. */
  readonly track: Store<MediaStreamTrack | null>
  attach(element: HTMLMediaElement): () => void
  /** Idempotent. */
  release(): void
}

/** Reads how loud a capture is. */
export interface LevelMeter {
  /** 0 to 1, on a scale that looks right in a bar. */
  level(): number
  stop(): void
}

export interface DeviceEvents {
  /** The device in use vanished. `replacement` took over, or null when there is no other. */
  'device-lost': { readonly kind: DeviceKind; readonly lost: DeviceInfo; readonly replacement: DeviceInfo | null }
  /** The wished device came back and is in use again. */
  'device-restored': { readonly kind: DeviceKind; readonly device: DeviceInfo }
}

/** Cameras, microphones and speakers. Usable without a room, and to be shared with it. */
export interface Devices {
  readonly list: Store<DeviceLists>
  readonly permission: Store<Permissions>
  readonly microphone: DeviceChoice
  readonly camera: DeviceChoice
  readonly speaker: DeviceChoice
  /** Whether the browser lets a page choose the speaker. */
  readonly canSelectSpeaker: boolean
  /** Starts capturing, or joins the capture that runs. Rejects with a `device/…` error. */
  capture(kind: CaptureKind): Promise<Capture>
  /** The same, under the name of what a lobby does with it. */
  preview(kind: CaptureKind): Promise<Capture>
  /** Meters a capture. Follows it when its device changes. */
  levelMeter(capture: Capture): LevelMeter
  /** Plays a short tone on the chosen speaker. */
  playTestTone(): Promise<void>
  /** Reads the lists again; they also follow the browser's own notice. */
  refresh(): Promise<void>
  on<K extends keyof DeviceEvents>(event: K, listener: (payload: DeviceEvents[K]) => void): () => void
  /** Stops every capture and listener. */
  dispose(): void
}
