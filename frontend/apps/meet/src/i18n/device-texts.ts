import type { DeviceCause } from '../lib/device-help.ts'
import type { Browser, System } from '../lib/platform.ts'

type Text = (device: string) => string

/** Help for cameras and microphones that do not work. */
export interface DeviceTexts {
  readonly names: { readonly camera: string; readonly microphone: string; readonly both: string }
  readonly titles: Readonly<Record<DeviceCause, (device: string, many: boolean) => string>>
  readonly allowInBrowser: Readonly<Record<Browser, Text>>
  readonly allowInSystem: Readonly<Record<System, Text>>
  readonly thenRetry: string
  readonly thenRestart: string
  readonly steps: Readonly<Record<Exclude<DeviceCause, 'denied' | 'denied-by-system'>, (device: string) => readonly string[]>>
}

export const deviceTextsEn: DeviceTexts = {
  names: { camera: 'camera', microphone: 'microphone', both: 'camera and microphone' },
  titles: {
    denied: (device, many) => `Your ${device} ${many ? 'are' : 'is'} blocked for this page`,
    'denied-by-system': (device) => `Your system keeps the ${device} from the browser`,
    dismissed: (device) => `The question about your ${device} was closed`,
    'not-found': (device) => `No ${device} found`,
    'in-use': (device) => `Another program is using your ${device}`,
    insecure: (device, many) => `The ${device} ${many ? 'need' : 'needs'} a secure page`,
    unsuitable: (device, many) => `The chosen ${device} ${many ? 'do' : 'does'} not fit`,
    unsupported: (device) => `This browser cannot use your ${device}`,
    failed: (device) => `Your ${device} did not start`,
  },
  allowInBrowser: {
    chromium: (device) =>
      `Click the icon at the left end of the address bar and switch ${device} to “Allow” for this page.`,
    firefox: (device) =>
      `Click the crossed-out sign in the address bar and remove the block on the ${device}.`,
    safari: (device) =>
      `Open the page menu in the address bar, choose “Settings for this website” and set ${device} to “Allow”.`,
    other: (device) => `Open the permissions of this page in your browser and allow the ${device}.`,
  },
  allowInSystem: {
    windows: (device) =>
      `Open Windows Settings, “Privacy & security”, then “${title(device)}”, and let your browser use it.`,
    macos: (device) =>
      `Open System Settings, “Privacy & Security”, then “${title(device)}”, and switch your browser on.`,
    ios: (device) => `Open Settings, find your browser in the list of apps and switch “${title(device)}” on.`,
    android: (device) => `Open Settings, “Apps”, choose your browser, then “Permissions”, and allow the ${device}.`,
    linux: (device) => `Check the privacy settings of your desktop: the ${device} is switched off for your browser.`,
    other: (device) => `Look in your system’s privacy settings and let the browser use the ${device}.`,
  },
  thenRetry: 'Then try again. If nothing changes, load the page again.',
  thenRestart: 'Then close the browser completely and open this link again.',
  steps: {
    dismissed: (device) => [`Try again and choose “Allow” when your browser asks for the ${device}.`],
    'not-found': (device) => [
      `Plug in a ${device} or switch it on. We notice it by ourselves.`,
      'You can also join without.',
    ],
    'in-use': (device) => [
      `Close other calls and programs that may be using the ${device}, then try again.`,
      'You can also choose another one below.',
    ],
    insecure: () => ['Open this page with an address that starts with https.'],
    unsuitable: (device) => [`Choose another ${device} below.`],
    unsupported: () => ['Use a current version of Chrome, Edge, Firefox or Safari.', 'You can join and listen here.'],
    failed: (device) => [`Unplug the ${device} and plug it in again, or choose another one below, then try again.`],
  },
}

function title(device: string): string {
  return device.charAt(0).toUpperCase() + device.slice(1)
}
