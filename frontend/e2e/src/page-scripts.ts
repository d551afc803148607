// What runs in every page before the page's own scripts. Each function is sent as text, so it stands alone.

declare global {
  interface Window {
    /** Every audio element that was asked to play; the client keeps them outside the document. */
    seameetSounds?: Set<HTMLAudioElement>
    /** Every peer connection of the page. */
    seameetConnections?: RTCPeerConnection[]
    /** Every message of the server, as text, in order. */
    seameetTold?: string[]
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

/** Remembers what the server says. Playwright lets a test listen to Chromium's sockets alone. */
export function noteMessages(): void {
  const told: string[] = (window.seameetTold = [])
  window.WebSocket = class extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols)
      this.addEventListener('message', ({ data }) => {
        if (typeof data === 'string') told.push(data)
      })
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

/** What `fakeCamera` shows. */
interface Shown {
  readonly rgb: readonly number[]
  readonly width: number
  readonly height: number
  readonly grain?: boolean
  readonly framesPerSecond?: number
}

/** A camera that shows the same as the files of `media-files.ts`, for browsers that take no files. */
export function fakeCamera({ rgb, width, height, grain = false, framesPerSecond = 15 }: Shown): void {
  const devices = navigator.mediaDevices as MediaDevices | undefined
  if (devices === undefined) return
  const real = devices.getUserMedia.bind(devices)
  const canvasOf = (across: number, down: number): [HTMLCanvasElement, CanvasRenderingContext2D] => {
    const canvas = document.createElement('canvas')
    canvas.width = across
    canvas.height = down
    const context = canvas.getContext('2d')
    if (context === null) throw new Error('no canvas')
    return [canvas, context]
  }
  // One pixel for each square of four by four.
  const grainy = (): HTMLCanvasElement => {
    const [canvas, context] = canvasOf(width / 4, height / 4)
    const pixels = context.createImageData(canvas.width, canvas.height)
    for (let at = 0; at < pixels.data.length; at += 4) {
      const change = Math.floor(Math.random() * 25) - 12
      pixels.data.set([...rgb.map((part) => part + change), 255], at)
    }
    context.putImageData(pixels, 0, 0)
    return canvas
  }
  const grains = grain ? Array.from({ length: 15 }, grainy) : []
  const draw = (context: CanvasRenderingContext2D, frame: number): void => {
    const background = grains[frame % 15]
    context.imageSmoothingEnabled = false
    context.fillStyle = `rgb(${rgb.join(' ')})`
    if (background === undefined) context.fillRect(0, 0, width, height)
    else context.drawImage(background, 0, 0, width, height)
    context.fillStyle = '#ffffff'
    context.fillRect(((frame % 15) * width * 7) / 8 / 15, 0, width / 8, height / 10)
  }
  const camera = async (): Promise<MediaStreamTrack[]> => {
    const deviceId = (await devices.enumerateDevices()).find(({ kind }) => kind === 'videoinput')?.deviceId ?? ''
    const [canvas, context] = canvasOf(width, height)
    const [track] = canvas.captureStream(framesPerSecond).getVideoTracks()
    if (track === undefined) throw new Error('no track')
    let frame = 0
    draw(context, frame)
    const timer = setInterval(() => {
      draw(context, frame++)
    }, 1000 / framesPerSecond)
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
