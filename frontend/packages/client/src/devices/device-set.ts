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
import { NATIVE_KIND, type Browser, type DeviceEntry, type LevelReader } from '../browser/types.ts'
import { createEmitter } from '../emitter.ts'
import { loudness } from '../machines/loudness.ts'
import { createStore, type WritableStore } from '../store.ts'
import { CaptureSource } from './capture.ts'
import { DEFAULT_DEVICE } from './constraints.ts'

/** Browsers tell of one plugged headset in several notices. */
const CHANGE_DELAY = 250
/** Ids of entries that stand for another entry of the list. */
const ALIASES: ReadonlySet<string> = new Set(['', DEFAULT_DEVICE, 'communications'])
const CAPTURE_KINDS: readonly CaptureKind[] = ['microphone', 'camera']

export class DeviceSet implements Devices {
  readonly list = createStore<DeviceLists>({ microphone: [], camera: [], speaker: [] })
  readonly permission = createStore<Permissions>({ microphone: 'unknown', camera: 'unknown' })
  readonly canSelectSpeaker: boolean
  readonly microphone: DeviceChoice
  readonly camera: DeviceChoice
  readonly speaker: DeviceChoice
  readonly #browser: Browser
  readonly #emitter = createEmitter<DeviceEvents>()
  readonly #wanted: Readonly<Record<DeviceKind, WritableStore<string>>> = {
    microphone: createStore(DEFAULT_DEVICE),
    camera: createStore(DEFAULT_DEVICE),
    speaker: createStore(DEFAULT_DEVICE),
  }
  readonly #sources: Readonly<Record<CaptureKind, CaptureSource>>
  readonly #speaker = createStore<DeviceInfo | null>(null)
  #entries: readonly DeviceEntry[] = []
  #watching = false
  #stopDelay: (() => void) | null = null
  readonly #devicesChanged = (): void => {
    this.#stopDelay?.()
    this.#stopDelay = this.#browser.setTimer(CHANGE_DELAY, () => {
      this.#stopDelay = null
      void this.#follow()
    })
  }

  constructor(browser: Browser) {
    this.#browser = browser
    this.canSelectSpeaker = browser.canSelectSpeaker
    this.#sources = { microphone: this.#source('microphone'), camera: this.#source('camera') }
    this.microphone = this.#captureChoice('microphone')
    this.camera = this.#captureChoice('camera')
    this.speaker = {
      wanted: this.#wanted.speaker,
      actual: this.#speaker,
      error: createStore(null),
      select: (deviceId) => {
        this.#wanted.speaker.set(deviceId)
        this.#followSpeaker()
        return Promise.resolve()
      },
    }
  }

  async capture(kind: CaptureKind): Promise<Capture> {
    this.#watch()
    return this.#sources[kind].hold()
  }

  preview(kind: CaptureKind): Promise<Capture> {
    return this.capture(kind)
  }

  levelMeter(capture: Capture): LevelMeter {
    let reader: LevelReader | null = null
    const follow = (): void => {
      reader?.close()
      const track = capture.track.get()
      reader = track === null ? null : this.#browser.createLevelReader(track)
    }
    follow()
    const stop = capture.track.subscribe(follow)
    return {
      level: () => loudness(reader?.read() ?? 0),
      stop: () => {
        stop()
        reader?.close()
        reader = null
      },
    }
  }

  playTestTone(): Promise<void> {
    return this.#browser.playTone(this.#speaker.get()?.id ?? '')
  }

  async refresh(): Promise<void> {
    this.#watch()
    await this.#read()
  }

  on<K extends keyof DeviceEvents>(event: K, listener: (payload: DeviceEvents[K]) => void): () => void {
    return this.#emitter.on(event, listener)
  }

  dispose(): void {
    this.#stopDelay?.()
    this.#stopDelay = null
    this.#browser.media?.removeEventListener('devicechange', this.#devicesChanged)
    this.#watching = false
    for (const kind of CAPTURE_KINDS) this.#sources[kind].dispose()
  }

  #source(kind: CaptureKind): CaptureSource {
    return new CaptureSource(kind, this.#browser, {
      wanted: () => this.#wanted[kind].get(),
      started: async () => {
        this.permission.update((now) => (now[kind] === 'granted' ? now : { ...now, [kind]: 'granted' }))
        await this.#read()
      },
      describe: (track) => this.#describe(kind, track),
      lost: (lost, replacement) => {
        this.#emitter.emit('device-lost', { kind, lost, replacement })
      },
    })
  }

  #captureChoice(kind: CaptureKind): DeviceChoice {
    const source = this.#sources[kind]
    const wanted = this.#wanted[kind]
    return {
      wanted,
      actual: source.actual,
      error: source.error,
      select: async (deviceId) => {
        wanted.set(deviceId)
        if (source.running && source.actual.get()?.id !== deviceId) await source.restart()
      },
    }
  }

  /** Listens to the browser, from the first use on: a page that never uses a device is never watched. */
  #watch(): void {
    const { media } = this.#browser
    if (this.#watching || media === null) return
    this.#watching = true
    media.addEventListener('devicechange', this.#devicesChanged)
    for (const kind of CAPTURE_KINDS) void this.#watchPermission(kind)
  }

  async #watchPermission(kind: CaptureKind): Promise<void> {
    const permission = await this.#browser.queryPermission(kind)
    if (permission === null) return
    const follow = (): void => {
      this.permission.update((now) => ({ ...now, [kind]: permission.state }))
    }
    follow()
    permission.onChange(follow)
  }

  async #read(): Promise<void> {
    try {
      this.#entries = (await this.#browser.media?.enumerateDevices()) ?? []
    } catch {
      // The list stays as it was; the capture itself says what is wrong.
      return
    }
    this.list.set({ microphone: this.#real('microphone'), camera: this.#real('camera'), speaker: this.#real('speaker') })
    this.#followSpeaker()
  }

  #real(kind: DeviceKind): DeviceInfo[] {
    return this.#entries
      .filter((entry) => entry.kind === NATIVE_KIND[kind] && !ALIASES.has(entry.deviceId))
      .map(({ deviceId, label, groupId }) => ({ id: deviceId, label, groupId }))
  }

  #describe(kind: CaptureKind, track: MediaStreamTrack): DeviceInfo {
    const { deviceId = '', groupId = '' } = track.getSettings()
    const list = this.list.get()[kind]
    const alias = ALIASES.has(deviceId) ? list.find((device) => device.groupId === groupId && groupId !== '') : undefined
    return list.find(({ id }) => id === deviceId) ?? alias ?? { id: deviceId, label: track.label, groupId }
  }

  /** The devices changed: lists first, then whatever was captured from or played to something that is gone. */
  async #follow(): Promise<void> {
    const before = this.#defaultGroup()
    await this.#read()
    for (const kind of CAPTURE_KINDS) await this.#followCapture(kind, before)
  }

  async #followCapture(kind: CaptureKind, defaultBefore: string | null): Promise<void> {
    const source = this.#sources[kind]
    if (!source.running) return
    const present = this.list.get()[kind]
    const wanted = this.#wanted[kind].get()
    const actual = source.actual.get()
    const gone = actual !== null && !present.some(({ id }) => id === actual.id)
    const returned = wanted !== DEFAULT_DEVICE && actual?.id !== wanted && present.some(({ id }) => id === wanted)
    const moved = kind === 'microphone' && wanted === DEFAULT_DEVICE && this.#defaultGroup() !== defaultBefore
    if (actual !== null && !gone && !returned && !moved) return
    try {
      await source.restart()
    } catch {
      // The source's own `error` says why; the retries after a lost device go on.
    }
    const now = source.actual.get()
    if (gone) this.#emitter.emit('device-lost', { kind, lost: actual, replacement: now })
    else if (returned && now?.id === wanted) this.#emitter.emit('device-restored', { kind, device: now })
  }

  /** The group of the microphone that the system prefers, where the browser lists it as an entry of its own. */
  #defaultGroup(): string | null {
    const entry = this.#entries.find(({ kind, deviceId }) => kind === 'audioinput' && deviceId === DEFAULT_DEVICE)
    return entry?.groupId ?? null
  }

  #followSpeaker(): void {
    const wanted = this.#wanted.speaker.get()
    const former = this.#speaker.get()
    const found = this.list.get().speaker.find(({ id }) => id === wanted) ?? null
    if (former?.id === found?.id) return
    this.#speaker.set(found)
    if (found === null && former !== null && wanted !== DEFAULT_DEVICE) {
      this.#emitter.emit('device-lost', { kind: 'speaker', lost: former, replacement: null })
    }
  }
}
