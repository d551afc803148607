import type { Room, RoomEvents } from '../api/room.ts'
import { createRoom } from '../create.ts'
import { FakeBrowser } from './browser/fake-browser.ts'
import type { FakeMedia } from './browser/fake-media.ts'
import { FakeServer } from './browser/fake-server.ts'

/** A room with fake surroundings, for tests of the client itself. */
export interface Harness {
  readonly browser: FakeBrowser
  readonly media: FakeMedia
  readonly server: FakeServer
  readonly room: Room
  /** Names and ids of what happened, in order. */
  readonly log: string[]
  /** Lets virtual time pass. */
  readonly advance: (milliseconds: number) => Promise<void>
}

export function harness(): Harness {
  const browser = new FakeBrowser()
  const server = new FakeServer(browser)
  const room = createRoom({ browser })
  const log: string[] = []
  const note = <K extends keyof RoomEvents>(event: K, describe: (payload: RoomEvents[K]) => string): void => {
    room.on(event, (payload) => log.push(`${event} ${describe(payload)}`))
  }
  note('participant-joined', ({ participant }) => participant.id)
  note('participant-left', ({ participant, reason }) => `${participant.id} ${reason}`)
  note('publication-added', ({ publication }) => publication.id)
  note('publication-removed', ({ publication }) => publication.id)
  note('chat-received', ({ message }) => message.text)
  const { media } = browser
  if (media === null) throw new Error('the fake browser has media')
  return { browser, media, server, room, log, advance: (milliseconds) => browser.clock.advance(milliseconds) }
}

/** The same, joined and with media flowing. */
export async function joinedHarness(prepare?: (harness: Harness) => void): Promise<Harness> {
  const made = harness()
  prepare?.(made)
  void made.room.connect({ roomId: 'room', displayName: 'Ada' })
  await made.advance(100)
  if (made.room.connection.get().state !== 'live') throw new Error('the fake server did not admit')
  return made
}
