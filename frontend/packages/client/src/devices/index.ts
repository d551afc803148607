import type { Devices } from '../api/devices.ts'
import { pageBrowser } from '../browser/page.ts'
import type { Browser } from '../browser/types.ts'
import { DeviceSet } from './device-set.ts'

export interface DevicesOptions {
  /** Default: the page's own. */
  readonly browser?: Browser
}

/** Cameras, microphones and speakers. One set serves a lobby and the room after it. */
export function createDevices(options: DevicesOptions = {}): Devices {
  return new DeviceSet(options.browser ?? pageBrowser)
}
