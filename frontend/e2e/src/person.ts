import { type Browser, type BrowserContext, type Locator, type Page, expect } from '@playwright/test'
import { type BrowserKind, type Devices, launch } from './browsers.ts'
import { type Camera, type Colour, type Size, colours, small } from './media-files.ts'
import type { Network } from './network.ts'
import { fakeCamera, fakeScreen, noteConnections, noteMessages, noteSound, relayOnly } from './page-scripts.ts'
import { picture } from './pixels.ts'
import { reports } from './reports.ts'
import { strengths } from './sounds.ts'

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
  /** The browser; the project decides otherwise. */
  readonly kind?: BrowserKind
  readonly devices?: Devices
  /** What the camera gives; a small picture otherwise. */
  readonly picture?: Camera
  readonly viewport?: Size
  /** Whether media may take no way but through a TURN server. */
  readonly relayOnly?: boolean
  /** Where the browser lives, if not in this machine's own network. */
  readonly network?: Network
  /** An origin whose pages get camera and microphone although they come over plain HTTP from an address. */
  readonly trusted?: string
}

/** What the server says. */
interface Message {
  readonly type: string
  readonly [field: string]: unknown
}

/** An entry of the server's `slots`. */
interface Assignment {
  readonly mid: string
  readonly participant?: string
  readonly layer?: unknown
  readonly cause: string
}

interface Place {
  readonly viewport: Size
  readonly devices: Devices
  readonly camera: Camera
}

/** A participant in a browser of their own. */
export class Person {
  readonly kind: BrowserKind
  readonly identity: Identity
  readonly browser: Browser
  readonly context: BrowserContext
  readonly page: Page
  /** Everything the page complained about. */
  readonly complaints: string[] = []

  private constructor(kind: BrowserKind, identity: Identity, browser: Browser, context: BrowserContext, page: Page) {
    this.kind = kind
    this.identity = identity
    this.browser = browser
    this.context = context
    this.page = page
    page.on('pageerror', (error) => this.complaints.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text())
    })
  }

  static async launch(kind: BrowserKind, identity: Identity, options: LaunchOptions = {}): Promise<Person> {
    const { devices = 'present', viewport = { width: 1100, height: 750 }, network, trusted } = options
    const scene = { colour: identity.colour, hertz: identity.hertz, camera: options.picture ?? small }
    const browser = await launch(kind, scene, { devices, network, trusted })
    const person = await Person.#in(browser, kind, identity, { viewport, devices, camera: scene.camera })
    if (options.relayOnly) await person.page.addInitScript(relayOnly)
    return person
  }

  /**
   * Another participant in the same browser, who makes the same sound. Chromium has one camera for all; in Firefox, each
   * page draws its own.
   */
  neighbour({ name, colour }: Pick<Identity, 'name' | 'colour'>, options: Pick<LaunchOptions, 'picture' | 'viewport'> = {}): Promise<Person> {
    const { viewport = { width: 900, height: 600 }, picture: camera = small } = options
    return Person.#in(this.browser, this.kind, { name, colour, hertz: this.identity.hertz }, { viewport, devices: 'present', camera })
  }

  static async #in(browser: Browser, kind: BrowserKind, identity: Identity, { viewport, devices, camera }: Place): Promise<Person> {
    const context = await browser.newContext({ viewport })
    const page = await context.newPage()
    await page.addInitScript(noteSound)
    await page.addInitScript(noteConnections)
    await page.addInitScript(noteMessages)
    await page.addInitScript(fakeScreen)
    const { rgb } = identity.colour
    if (kind === 'firefox' && devices === 'present') await page.addInitScript(fakeCamera, { rgb, ...camera })
    return new Person(kind, identity, browser, context, page)
  }

  /** Goes through the lobby. */
  async join(url: string, options: JoinOptions = {}): Promise<void> {
    await this.page.goto(url)
    await type(this.page.getByTestId('name-input'), this.identity.name)
    if (options.camera === false) await this.toggleTo('camera-button', 'Turn on camera')
    if (options.microphone === false) await this.toggleTo('mic-button', 'Turn on microphone')
    await this.page.getByTestId('join-button').click()
    await expect(this.page.getByTestId('leave-button')).toBeVisible()
  }

  /** Leaves, and sees that the call is over. */
  async leave(): Promise<void> {
    await this.page.getByTestId('leave-button').click()
    await expect(this.page.getByTestId('rejoin-button')).toBeVisible()
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
    await expect.poll(async () => (await shown(video))?.colour, { message: about, timeout: 60_000 }).toBe(colour.name)
    let last = (await shown(video))?.frames ?? 0
    let count = 0
    // A picture that comes on another line, after an interruption, is counted anew.
    const advanced = async (): Promise<number> => {
      const frames = (await shown(video))?.frames ?? 0
      count += frames < last ? frames : frames - last
      last = frames
      return count
    }
    await expect.poll(advanced, { message: `${about} moving`, timeout: 20_000 }).toBeGreaterThan(5)
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
    const found = await strengths(this.page, among.map((who) => who.hertz))
    return among.filter((_, at) => (found[at] ?? 0) > 20).map((who) => who.name)
  }

  async hears(among: readonly Identity[], expected: readonly Identity[]): Promise<void> {
    const names = expected.map((who) => who.name).sort()
    await expect
      .poll(async () => (await this.tones(among)).sort(), { message: `${this.identity.name} hears`, timeout: 30_000 })
      .toEqual(names)
  }

  /** The heights of the pictures that arrive now. Lines that only carried padding, to try what fits, have none. */
  async heights(): Promise<number[]> {
    const arriving = (await reports(this.page)).filter(({ type, kind }) => type === 'inbound-rtp' && kind === 'video')
    return arriving.flatMap(({ frameHeight }) => frameHeight ?? [])
  }

  /** What the server said, in order. */
  async told(): Promise<Message[]> {
    const texts = await this.page.evaluate(() => window.seameetTold ?? [])
    return texts.map((text) => JSON.parse(text) as Message)
  }

  /** Why the picture of somebody's track is as it is: what the server said last about it. */
  async cause(of: Person): Promise<string | undefined> {
    const said = (await this.told()).filter(({ type }) => type === 'slots').flatMap((message) => message.assignments as Assignment[])
    const own = (await of.told()).find(({ type }) => type === 'ready')?.participant
    const line = said.findLast(({ participant, layer }) => participant === own && layer !== undefined)?.mid
    return said.findLast(({ mid }) => mid === line)?.cause
  }

  /** The codecs of the pictures that arrive, such as `video/VP8`. */
  async codecs(): Promise<string[]> {
    const all = await reports(this.page)
    const arriving = all.filter(({ type, kind }) => type === 'inbound-rtp' && kind === 'video')
    const names = arriving.map((line) => all.find(({ id }) => id === line.codecId)?.mimeType)
    return [...new Set(names.filter((name) => name !== undefined))]
  }

  async say(text: string): Promise<void> {
    const input = this.page.getByTestId('chat-input')
    if (!(await input.isVisible())) await this.page.getByTestId('chat-button').click()
    await type(input, text)
    await input.press('Enter')
  }

  async close(): Promise<void> {
    await this.browser.close()
  }
}

/** Key by key: text that Playwright puts into Firefox at once raises no event that React believes. */
export async function type(input: Locator, text: string): Promise<void> {
  await input.pressSequentially(text)
  await expect(input).toHaveValue(text)
}

async function shown(video: Locator): ReturnType<typeof picture> {
  return (await video.count()) === 0 ? null : picture(video.first())
}
