// What runs in every page before the page's own scripts. Each function is sent as text, so it stands alone.

declare global {
  interface Window {
    /** Every audio element that was asked to play; the client keeps them outside the document. */
    seameetSounds?: Set<HTMLAudioElement>
    /** Every peer connection of the page. */
    seameetConnections?: RTCPeerConnection[]
  }
}

/** Remembers the page's peer connections. */
export function noteConnections(): void {
  const all: RTCPeerConnection[] = (window.seameetConnections = [])
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration)
      all.push(this)
    }
  }
}

/** Lets media take no way but through a TURN server. */
export function relayOnly(): void {
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super({ ...configuration, iceTransportPolicy: 'relay' })
    }

    override setConfiguration(configuration?: RTCConfiguration): void {
      super.setConfiguration({ ...configuration, iceTransportPolicy: 'relay' })
    }
  }
}

/** Hides the server's UDP addresses from the page, as a network that lets no UDP through would make them useless. */
export function withoutUdp(): void {
  window.RTCPeerConnection = class extends RTCPeerConnection {
    override setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
      const sdp = description.sdp?.replaceAll(/^a=candidate:\S+ \d+ udp .*\r\n/gm, '')
      return super.setRemoteDescription(sdp === undefined ? description : { type: description.type, sdp })
    }
  }
}

/** Remembers what plays sound. */
export function noteSound(): void {
  const sounds = (window.seameetSounds = new Set<HTMLAudioElement>())
  const play = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'play')?.value as (this: HTMLMediaElement) => Promise<void>
  HTMLMediaElement.prototype.play = function () {
    if (this instanceof HTMLAudioElement) sounds.add(this)
    return play.call(this)
  }
}

/** A shared screen whose colour the test knows. */
export function fakeScreen(): void {
  const devices = navigator.mediaDevices as MediaDevices | undefined
  if (devices === undefined) return
  devices.getDisplayMedia = () => {
    const canvas = document.createElement('canvas')
    canvas.width = 640
    canvas.height = 360
    const context = canvas.getContext('2d')
    let at = 0
    const timer = setInterval(() => {
      if (context === null) return
      context.fillStyle = '#ffff00'
      context.fillRect(0, 0, 640, 360)
      context.fillStyle = '#ffffff'
      context.fillRect((at += 8) % 600, 0, 40, 30)
    }, 66)
    const stream = canvas.captureStream(15)
    for (const track of stream.getTracks()) {
      const stop = track.stop.bind(track)
      track.stop = () => {
        clearInterval(timer)
        stop()
      }
    }
    return Promise.resolve(stream)
  }
}

/** A camera that shows the same as the files of `media-files.ts`, for browsers that take no files. */
export function fakeCamera({ rgb, width, height }: { rgb: readonly number[]; width: number; height: number }): void {
  const devices = navigator.mediaDevices as MediaDevices | undefined
  if (devices === undefined) return
  const real = devices.getUserMedia.bind(devices)
  const draw = (context: CanvasRenderingContext2D, frame: number): void => {
    context.fillStyle = `rgb(${rgb.join(' ')})`
    context.fillRect(0, 0, width, height)
    context.fillStyle = '#ffffff'
    context.fillRect(((frame % 15) * width * 7) / 8 / 15, 0, width / 8, height / 10)
  }
  const camera = async (): Promise<MediaStreamTrack[]> => {
    const deviceId = (await devices.enumerateDevices()).find(({ kind }) => kind === 'videoinput')?.deviceId ?? ''
    const canvas = document.createElement('canvas')
    canvas.width = width
    canvas.height = height
    const context = canvas.getContext('2d')
    const [track] = canvas.captureStream(15).getVideoTracks()
    if (context === null || track === undefined) throw new Error('no canvas')
    let frame = 0
    draw(context, frame)
    const timer = setInterval(() => {
      draw(context, frame++)
    }, 66)
    const stop = track.stop.bind(track)
    const settings = track.getSettings.bind(track)
    track.getSettings = () => ({ ...settings(), deviceId })
    track.stop = () => {
      clearInterval(timer)
      stop()
    }
    return [track]
  }
  devices.getUserMedia = async (wanted) => {
    const sound = wanted?.audio ? (await real({ audio: wanted.audio })).getTracks() : []
    return new MediaStream([...sound, ...(wanted?.video ? await camera() : [])])
  }
}
