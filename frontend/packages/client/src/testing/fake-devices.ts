import type {
  Capture,
  CaptureKind,
  DeviceChoice,
  DeviceEvents,
  DeviceInfo,
  DeviceKind,
  DeviceLists,
  Devices,
  LevelMeter,
  Permissions,
} from '../api/devices.ts'
import type { SeameetError } from '../api/error.ts'
import { attachTrack } from '../attach.ts'
import { createEmitter } from '../emitter.ts'
import { createStore, type WritableStore } from '../store.ts'

/** One kind of device; `select` obeys at once. */
export class FakeDeviceChoice implements DeviceChoice {
  readonly wanted = createStore('default')
  readonly actual = createStore<DeviceInfo | null>(null)
  readonly error = createStore<SeameetError | null>(null)
  readonly #available: () => readonly DeviceInfo[]

  constructor(available: () => readonly DeviceInfo[]) {
    this.#available = available
  }

  select(deviceId: string): Promise<void> {
    this.wanted.set(deviceId)
    if (this.actual.get() !== null) this.start()
    return Promise.resolve()
  }

  start(): void {
    const list = this.#available()
    this.actual.set(list.find((device) => device.id === this.wanted.get()) ?? list[0] ?? null)
  }
}

export interface FakeDevicesInit {
  readonly list?: Partial<DeviceLists>
  readonly permission?: Partial<Permissions>
}

/** Devices for components under test: two of each kind, permission granted, nothing really captured. */
export class FakeDevices implements Devices {
  readonly list: WritableStore<DeviceLists>
  readonly permission: WritableStore<Permissions>
  readonly microphone = new FakeDeviceChoice(() => this.list.get().microphone)
  readonly camera = new FakeDeviceChoice(() => this.list.get().camera)
  readonly speaker = new FakeDeviceChoice(() => this.list.get().speaker)
  readonly canSelectSpeaker = true
  /** What captures of a kind fail with from now on. */
  readonly failures: Partial<Record<CaptureKind, SeameetError>> = {}
  /** What captures pretend to capture. */
  readonly tracks: Partial<Record<CaptureKind, MediaStreamTrack>> = {}
  /** Holds that were not released. */
  readonly running: Record<CaptureKind, number> = { microphone: 0, camera: 0 }
  /** What level meters show. */
  loudness = 0
  #emitter = createEmitter<DeviceEvents>()

  constructor(init: FakeDevicesInit = {}) {
    const two = (kind: DeviceKind, name: string): DeviceInfo[] =>
      [1, 2].map((n) => ({ id: `${kind}-${n}`, label: `${name} ${n}`, groupId: `group-${n}` }))
    this.list = createStore<DeviceLists>({
      microphone: two('microphone', 'Microphone'),
      camera: two('camera', 'Camera'),
      speaker: two('speaker', 'Speaker'),
      ...init.list,
    })
    this.permission = createStore<Permissions>({ microphone: 'granted', camera: 'granted', ...init.permission })
  }

  async capture(kind: CaptureKind): Promise<Capture> {
    await Promise.resolve()
    const failure = this.failures[kind]
    if (failure !== undefined) {
      this[kind].error.set(failure)
      throw failure
    }
    this[kind].error.set(null)
    this[kind].start()
    this.running[kind] += 1
    const track = createStore<MediaStreamTrack | null>(this.tracks[kind] ?? null)
    let held = true
    return {
      kind,
      track,
      attach: (element) => attachTrack(track, element),
      release: () => {
        if (!held) return
        held = false
        this.running[kind] -= 1
        track.set(null)
        if (this.running[kind] === 0) this[kind].actual.set(null)
      },
    }
  }

  preview(kind: CaptureKind): Promise<Capture> {
    return this.capture(kind)
  }

  levelMeter(): LevelMeter {
    return { level: () => this.loudness, stop: () => undefined }
  }

  playTestTone(): Promise<void> {
    return Promise.resolve()
  }

  refresh(): Promise<void> {
    return Promise.resolve()
  }

  on<K extends keyof DeviceEvents>(event: K, listener: (payload: DeviceEvents[K]) => void): () => void {
    return this.#emitter.on(event, listener)
  }

  /** Tells listeners that something happened. */
  emit<K extends keyof DeviceEvents>(event: K, payload: DeviceEvents[K]): void {
    this.#emitter.emit(event, payload)
  }

  dispose(): void {
    this.running.microphone = 0
    this.running.camera = 0
  }
}
