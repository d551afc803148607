import type { Room } from './api/room.ts'
import { pageBrowser } from './browser/page.ts'
import type { RoomOptions } from './options.ts'
import { RoomImpl } from './room/room.ts'

/** Makes a room. Nothing is contacted, captured or listened to before `connect` or `enable`. */
export function createRoom(options: RoomOptions = {}): Room {
  return new RoomImpl(options.browser ?? pageBrowser, options)
}
