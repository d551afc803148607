import type { Devices } from './api/devices.ts'
import type { PublishOptions } from './api/publication.ts'
import type { Browser } from './browser/types.ts'

/** What a room is made of. Copied; later changes to the object change nothing. */
export interface RoomOptions {
  /** Share the lobby's, so that cameras stay on between lobby and room. Default: a set of the room's own. */
  readonly devices?: Devices
  /** Told to the server. Default: this library. */
  readonly client?: { readonly name: string; readonly version: string }
  /** How pictures are sent. */
  readonly publish?: PublishOptions
  /** The surroundings. Default: the page's own; tests bring a fake. */
  readonly browser?: Browser
}
