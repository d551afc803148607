import { type Browser, type BrowserContext, type Locator, type Page, chromium, expect } from '@playwright/test'
import { type Colour, cameraFile, colours, microphoneFile } from './media-files.ts'
import { picture } from './pixels.ts'

/** Who somebody is in a test: a name, a colour in front of the camera, a tone in front of the microphone. */
export interface Identity {
  readonly name: string
  readonly colour: Colour
  /** Far enough apart to be told in a spectrum. */
  readonly hertz: number
}

export const people = {
  alice: { name: 'Alice', colour: colours.red, hertz: 500 },
  bob: { name: 'Bob', colour: colours.green, hertz: 900 },
  carol: { name: 'Carol', colour: colours.blue, hertz: 1300 },
  dave: { name: 'Dave', colour: colours.yellow, hertz: 1700 },
  erin: { name: 'Erin', colour: colours.magenta, hertz: 2300 },
} as const satisfies Record<string, Identity>

export interface JoinOptions {
  readonly camera?: boolean
  readonly microphone?: boolean
}

export interface LaunchOptions {
  /** Browser switches in place of the fake camera and microphone. */
  readonly devices?: readonly string[]
  readonly viewport?: { readonly width: number; readonly height: number }
  readonly permissions?: readonly string[]
}

const alwaysOn = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--autoplay-policy=no-user-gesture-required',
]

/** A participant in a browser of their own. */
export class Person {
  readonly identity: Identity
  readonly browser: Browser
  readonly context: BrowserContext
  readonly page: Page
  /** Everything the page complained about. */
  readonly complaints: string[] = []

  private constructor(identity: Identity, browser: Browser, context: BrowserContext, page: Page) {
    this.identity = identity
    this.browser = browser
    this.context = context
    this.page = page
    page.on('pageerror', (error) => this.complaints.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text())
    })
  }

  static async launch(identity: Identity, options: LaunchOptions = {}): Promise<Person> {
    const fake = [
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream=fps=15',
      `--use-file-for-fake-video-capture=${cameraFile(identity.colour)}`,
      `--use-file-for-fake-audio-capture=${microphoneFile(identity.hertz)}`,
    ]
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [...alwaysOn, ...(options.devices ?? fake)],
    })
    const context = await browser.newContext({
      viewport: options.viewport ?? { width: 1100, height: 750 },
      permissions: [...(options.permissions ?? [])],
    })
    const page = await context.newPage()
    await page.addInitScript(noteSound)
    await page.addInitScript(noteConnections)
    await page.addInitScript(fakeScreen)
    return new Person(identity, browser, context, page)
  }

  /** Another participant in the same browser, and so in front of the same camera. */
  async neighbour(name: string): Promise<Person> {
    const context = await this.browser.newContext({ viewport: { width: 900, height: 600 } })
    const page = await context.newPage()
    return new Person({ ...this.identity, name }, this.browser, context, page)
  }

  /** Goes through the lobby. */
  async join(url: string, options: JoinOptions = {}): Promise<void> {
    await this.page.goto(url)
    await this.page.getByTestId('name-input').fill(this.identity.name)
    if (options.camera === false) await this.toggleTo('camera-button', 'Turn on camera')
    if (options.microphone === false) await this.toggleTo('mic-button', 'Turn on microphone')
    await this.page.getByTestId('join-button').click()
    await expect(this.page.getByTestId('leave-button')).toBeVisible()
  }

  /** Presses a toggle until it offers the opposite: a page that moves under the pointer may miss a press. */
  async toggleTo(button: string, opposite: string): Promise<void> {
    const control = this.page.getByTestId(button)
    await expect(async () => {
      if ((await control.getAttribute('aria-label')) !== opposite) await control.click()
      await expect(control).toHaveAttribute('aria-label', opposite, { timeout: 2_000 })
    }).toPass({ timeout: 20_000 })
  }

  async setCamera(on: boolean): Promise<void> {
    await this.toggleTo('camera-button', on ? 'Turn off camera' : 'Turn on camera')
  }

  async setMicrophone(on: boolean): Promise<void> {
    await this.toggleTo('mic-button', on ? 'Turn off microphone' : 'Turn on microphone')
  }

  /** Somebody's tile on this person's page. */
  tile(of: Identity, source: 'camera' | 'screen' = 'camera'): Locator {
    return this.page.locator(`[data-testid="tile"][data-name="${of.name}"][data-source="${source}"]`)
  }

  /** Waits until the tile shows this very person's colour, and that frames keep coming. */
  async sees(other: Identity, colour: Colour = other.colour, source: 'camera' | 'screen' = 'camera'): Promise<void> {
    const video = this.tile(other, source).locator('video')
    const about = `${this.identity.name} sees ${other.name}'s ${source}`
    await expect.poll(async () => (await shown(video))?.colour, { message: about, timeout: 30_000 }).toBe(colour.name)
    const before = (await shown(video))?.frames ?? 0
    const advanced = async (): Promise<number> => ((await shown(video))?.frames ?? 0) - before
    await expect.poll(advanced, { message: `${about} moving`, timeout: 10_000 }).toBeGreaterThan(5)
  }

  /** Waits until the tile shows the avatar and no picture. */
  async seesAvatar(other: Identity): Promise<void> {
    await expect(this.tile(other)).toHaveAttribute('data-video-muted', 'true')
    await expect(this.tile(other).locator('video')).toBeHidden()
  }

  async seesNobodyCalled(other: Identity): Promise<void> {
    await expect(this.tile(other)).toHaveCount(0)
  }

  /** The tones that this person's page plays, of those that anybody in `among` could make. */
  async tones(among: readonly Identity[]): Promise<string[]> {
    const strengths = await this.page.evaluate(listen, among.map((who) => who.hertz))
    return among.filter((_, at) => (strengths[at] ?? 0) > 20).map((who) => who.name)
  }

  async hears(among: readonly Identity[], expected: readonly Identity[]): Promise<void> {
    const names = expected.map((who) => who.name).sort()
    await expect
      .poll(async () => (await this.tones(among)).sort(), { message: `${this.identity.name} hears`, timeout: 30_000 })
      .toEqual(names)
  }

  /** The codecs of the pictures that arrive, such as `video/VP8`. */
  async codecs(): Promise<string[]> {
    return this.page.evaluate(async () => {
      const found = new Set<string>()
      for (const connection of window.seameetConnections ?? []) {
        const stats = [...(await connection.getStats()).values()] as { type: string; id: string; kind?: string; codecId?: string; mimeType?: string }[]
        for (const line of stats.filter((entry) => entry.type === 'inbound-rtp' && entry.kind === 'video')) {
          const codec = stats.find((entry) => entry.id === line.codecId)?.mimeType
          if (codec !== undefined) found.add(codec)
        }
      }
      return [...found]
    })
  }

  async say(text: string): Promise<void> {
    const input = this.page.getByTestId('chat-input')
    if (!(await input.isVisible())) await this.page.getByTestId('chat-button').click()
    await input.fill(text)
    await input.press('Enter')
  }

  async close(): Promise<void> {
    await this.browser.close()
  }
}

async function shown(video: Locator): ReturnType<typeof picture> {
  return (await video.count()) === 0 ? null : picture(video.first())
}

/** Runs in the page: how far each tone stands out of the sound that all audio elements play, in decibels. */
async function listen(tones: number[]): Promise<number[]> {
  const streams = [...(window.seameetSounds ?? [])]
    .filter((element) => !element.muted && !element.paused && element.volume > 0)
    .map((element) => element.srcObject)
    .filter((source): source is MediaStream => source instanceof MediaStream && source.getAudioTracks().length > 0)
  const context = new AudioContext()
  const analyser = context.createAnalyser()
  analyser.fftSize = 8192
  analyser.smoothingTimeConstant = 0
  for (const stream of streams) context.createMediaStreamSource(stream).connect(analyser)
  await new Promise((resolve) => setTimeout(resolve, 400))
  const spectrum = new Float32Array(analyser.frequencyBinCount)
  analyser.getFloatFrequencyData(spectrum)
  const width = context.sampleRate / analyser.fftSize
  const strength = (hertz: number): number => {
    const bin = Math.round(hertz / width)
    const peak = Math.max(...spectrum.slice(bin - 2, bin + 3))
    const around = [...spectrum.slice(bin - 24, bin - 8), ...spectrum.slice(bin + 9, bin + 25)]
    const floor = around.reduce((sum, value) => sum + Math.max(value, -160), 0) / around.length
    return Math.max(peak, -160) < -75 ? 0 : Math.max(peak, -160) - floor
  }
  const strengths = tones.map(strength)
  await context.close()
  return strengths
}

declare global {
  interface Window {
    /** Every audio element that was asked to play; the client keeps them outside the document. */
    seameetSounds?: Set<HTMLAudioElement>
    /** Every peer connection of the page. */
    seameetConnections?: RTCPeerConnection[]
  }
}

/** Runs in the page before anything else: remembers its peer connections. */
function noteConnections(): void {
  const all: RTCPeerConnection[] = (window.seameetConnections = [])
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration)
      all.push(this)
    }
  }
}

/** Runs in the page before anything else: remembers what plays sound. */
function noteSound(): void {
  const sounds = (window.seameetSounds = new Set<HTMLAudioElement>())
  const play = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'play')?.value as (this: HTMLMediaElement) => Promise<void>
  HTMLMediaElement.prototype.play = function () {
    if (this instanceof HTMLAudioElement) sounds.add(this)
    return play.call(this)
  }
}

/** Runs in the page before anything else: a shared screen whose colour the test knows. */
function fakeScreen(): void {
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
