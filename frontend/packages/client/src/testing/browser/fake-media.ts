import type { DeviceEntry, MediaDevicesLike, StreamLike } from '../../browser/types.ts'

/** A track that captures nothing. */
export class FakeTrack extends EventTarget {
  readonly kind: 'audio' | 'video'
  readonly id: string
  readonly label: string
  readyState: 'live' | 'ended' = 'live'
  contentHint = ''
  enabled = true
  /** Picture size; unknown by default. */
  size: { readonly width?: number; readonly height?: number } = {}
  readonly #deviceId: string
  readonly #groupId: string

  constructor(kind: 'audio' | 'video', id: string, device?: DeviceEntry) {
    super()
    this.kind = kind
    this.id = id
    this.label = device?.label ?? id
    this.#deviceId = device?.deviceId ?? ''
    this.#groupId = device?.groupId ?? ''
  }

  getSettings(): MediaTrackSettings {
    return { deviceId: this.#deviceId, groupId: this.#groupId, ...this.size }
  }

  stop(): void {
    this.readyState = 'ended'
  }

  /** The device was unplugged, or the user ended the share. */
  end(): void {
    this.readyState = 'ended'
    this.dispatchEvent(new Event('ended'))
  }

  /** The same object as the client's code knows it. */
  asTrack(): MediaStreamTrack {
    return this as unknown as MediaStreamTrack
  }
}

/** What the browser throws when it is asked for a device. */
export function mediaError(name: string, message = name): Error {
  const error = new Error(message)
  error.name = name
  return error
}

const entry = (kind: MediaDeviceKind, n: number): DeviceEntry => ({
  kind,
  deviceId: `${kind}-${n}`,
  label: `${kind} ${n}`,
  groupId: `group-${n}`,
})

/** Devices that a test plugs and unplugs. */
export class FakeMedia implements MediaDevicesLike {
  devices: DeviceEntry[] = (['audioinput', 'videoinput', 'audiooutput'] as const).flatMap((kind) => [
    entry(kind, 1),
    entry(kind, 2),
  ])
  /** Every track that was ever given out, newest last. */
  readonly given: FakeTrack[] = []
  /** What was asked for. */
  readonly asked: MediaStreamConstraints[] = []
  /** Thrown by the next requests, one each; an undefined entry lets one succeed. */
  readonly failures: (Error | undefined)[] = []
  /** Requests wait while this is a promise. */
  gate: Promise<void> | null = null
  /** Size of the pictures that are captured from now on. */
  size: FakeTrack['size'] = {}
  /** Whether the next shared screen has sound. */
  screenAudio = true
  readonly #listeners = new Set<() => void>()
  #counter = 0

  get listeners(): number {
    return this.#listeners.size
  }

  /** Tracks that still capture. */
  live(kind?: 'audio' | 'video'): FakeTrack[] {
    return this.given.filter((track) => track.readyState === 'live' && (kind === undefined || track.kind === kind))
  }

  enumerateDevices(): Promise<readonly DeviceEntry[]> {
    return Promise.resolve([...this.devices])
  }

  async getUserMedia(constraints: MediaStreamConstraints): Promise<StreamLike> {
    this.asked.push(constraints)
    if (this.gate !== null) await this.gate
    const failure = this.failures.shift()
    if (failure !== undefined) throw failure
    const tracks: FakeTrack[] = []
    for (const kind of ['audio', 'video'] as const) {
      const wish = constraints[kind]
      if (wish !== undefined && wish !== false) tracks.push(this.#capture(kind, wish))
    }
    return stream(tracks)
  }

  readonly getDisplayMedia = async (options: DisplayMediaStreamOptions): Promise<StreamLike> => {
    await Promise.resolve()
    const failure = this.failures.shift()
    if (failure !== undefined) throw failure
    const tracks = [this.#give(new FakeTrack('video', this.#id('screen')))]
    if (options.audio !== false && options.audio !== undefined && this.screenAudio) {
      tracks.push(this.#give(new FakeTrack('audio', this.#id('screen-audio'))))
    }
    return stream(tracks)
  }

  addEventListener(_type: 'devicechange', listener: () => void): void {
    this.#listeners.add(listener)
  }

  removeEventListener(_type: 'devicechange', listener: () => void): void {
    this.#listeners.delete(listener)
  }

  /** Plugs a device back in or takes it away; running captures of it end. */
  unplug(deviceId: string): DeviceEntry | undefined {
    const gone = this.devices.find((device) => device.deviceId === deviceId)
    this.devices = this.devices.filter((device) => device !== gone)
    for (const track of this.live()) if (track.getSettings().deviceId === deviceId) track.end()
    this.changed()
    return gone
  }

  plug(device: DeviceEntry): void {
    this.devices = [...this.devices, device]
    this.changed()
  }

  changed(): void {
    for (const listener of [...this.#listeners]) listener()
  }

  #capture(kind: 'audio' | 'video', wish: true | MediaTrackConstraints): FakeTrack {
    const native = kind === 'audio' ? 'audioinput' : 'videoinput'
    const present = this.devices.filter((device) => device.kind === native && device.deviceId !== 'default')
    const wished = wish === true ? undefined : exactId(wish)
    if (present.length === 0) throw mediaError('NotFoundError')
    const device = wished === undefined ? present[0] : present.find(({ deviceId }) => deviceId === wished)
    if (device === undefined) throw mediaError('OverconstrainedError')
    return this.#give(new FakeTrack(kind, this.#id(device.deviceId), device))
  }

  #give(track: FakeTrack): FakeTrack {
    track.size = track.kind === 'video' ? this.size : {}
    this.given.push(track)
    return track
  }

  #id(name: string): string {
    this.#counter += 1
    return `${name}#${this.#counter}`
  }
}

function exactId({ deviceId }: MediaTrackConstraints): string | undefined {
  if (typeof deviceId !== 'object' || Array.isArray(deviceId)) return undefined
  return typeof deviceId.exact === 'string' ? deviceId.exact : undefined
}

function stream(tracks: readonly FakeTrack[]): StreamLike {
  return { getTracks: () => tracks.map((track) => track.asTrack()) }
}
