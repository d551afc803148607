import { type Browser, chromium, firefox } from '@playwright/test'
import { type Camera, type Colour, cameraFile, microphoneFile } from './media-files.ts'
import type { Network } from './network.ts'

/** A browser that somebody may come with. */
export type BrowserKind = 'chromium' | 'firefox'

/** What the browser finds when the page asks for a camera and a microphone. */
export type Devices = 'present' | 'denied' | 'missing'

/** What stands in front of the camera and the microphone. */
export interface Scene {
  readonly colour: Colour
  /** Far enough apart to be told in a spectrum. */
  readonly hertz: number
  readonly camera: Camera
}

export interface Wishes {
  readonly devices: Devices
  /** Where the browser lives, if not in this machine's own network. */
  readonly network?: Network | undefined
  /** An origin whose pages get camera and microphone although they come over plain HTTP from an address. */
  readonly trusted?: string | undefined
}

const switches = [
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

const preferences = {
  'media.navigator.permission.disabled': true,
  'media.autoplay.default': 0,
  'media.autoplay.blocking_policy': 0,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  // Pages in the background go on at full pace, as with Chromium's switches.
  'dom.min_background_timeout_value': 4,
  'dom.timeout.enable_budget_timer_throttling': false,
  // One process for all pages and none in reserve: starting is what takes the time.
  'fission.autostart': false,
  'dom.ipc.processCount': 1,
  'dom.ipc.processPrelaunch.enabled': false,
  'browser.startup.homepage': 'about:blank',
  'browser.newtabpage.enabled': false,
  'browser.backup.enabled': false,
  'layout.frame_rate': 20,
  // Nothing is asked of the network but our pages.
  'services.settings.server': 'data:,#remote-settings-dummy/v1',
  'messaging-system.rsexperimentloader.enabled': false,
  'app.update.enabled': false,
  'media.gmp-manager.updateEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'app.normandy.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'browser.safebrowsing.downloads.remote.enabled': false,
}

export function launch(kind: BrowserKind, scene: Scene, wishes: Wishes): Promise<Browser> {
  return kind === 'chromium' ? launchChromium(scene, wishes) : launchFirefox(scene, wishes)
}

function launchChromium(scene: Scene, { devices, network, trusted }: Wishes): Promise<Browser> {
  const program = process.env.CHROMIUM ?? '/usr/bin/chromium'
  const trust = trusted === undefined ? [] : [`--unsafely-treat-insecure-origin-as-secure=${trusted}`]
  return chromium.launch({
    executablePath: network?.starter(program) ?? program,
    args: [...switches, ...chromiumDevices(devices, scene), ...trust],
  })
}

function chromiumDevices(devices: Devices, { colour, hertz, camera }: Scene): readonly string[] {
  switch (devices) {
    case 'present':
      return [
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream=fps=15',
        `--use-file-for-fake-video-capture=${cameraFile(colour, camera)}`,
        `--use-file-for-fake-audio-capture=${microphoneFile(hertz)}`,
      ]
    case 'denied':
      return ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream=deny']
    case 'missing':
      return ['--use-fake-ui-for-media-stream']
  }
}

/** Firefox cannot play a file into its fake camera: `fakeCamera` in the page makes the picture instead. */
async function launchFirefox({ hertz }: Scene, { devices, network, trusted }: Wishes): Promise<Browser> {
  const program = process.env.FIREFOX ?? '/usr/bin/firefox-esr'
  const trust = trusted === undefined ? {} : { 'dom.securecontext.allowlist': new URL(trusted).hostname }
  // Firefox is driven over TCP, and its loopback is not ours.
  const door = await network?.door()
  const browser = await firefox.launch({
    // The distribution's Firefox, driven by WebDriver BiDi; without the channel Playwright expects its own build.
    channel: 'moz-firefox',
    executablePath: network?.starter(program) ?? program,
    firefoxUserPrefs: { ...preferences, ...firefoxDevices(devices, hertz), ...trust },
    ...(door && { args: [`--remote-debugging-port=${door.port}`], ignoreDefaultArgs: ['--remote-debugging-port=0'] }),
  })
  browser.on('disconnected', () => door?.close())
  return browser
}

function firefoxDevices(devices: Devices, hertz: number): Record<string, boolean | number> {
  switch (devices) {
    case 'present':
      return { 'media.navigator.streams.fake': true, 'media.navigator.audio.fake_frequency': hertz }
    case 'denied':
      return {
        'media.navigator.streams.fake': true,
        'media.navigator.permission.disabled': false,
        'permissions.default.camera': 2,
        'permissions.default.microphone': 2,
      }
    case 'missing':
      return { 'media.navigator.streams.fake': false }
  }
}
