import type { LocalPublication, Room } from '@seameet/client'
import type { JoinWish } from '../features/lobby/lobby.tsx'

/**
 * Joins with what was decided in the lobby. The wishes are set before the server is asked, so that the first message
 * already tells whether one is muted. A device that fails does not keep anybody out.
 */
export function joinCall(room: Room, wish: JoinWish, token: string | undefined): void {
  want(room.local.microphone, wish.microphone)
  want(room.local.camera, wish.camera)
  room
    .connect({
      roomId: wish.room,
      ...(wish.name === '' ? {} : { displayName: wish.name }),
      ...(token === undefined ? {} : { token }),
    })
    .catch(ignore)
}

function want(publication: LocalPublication, wanted: boolean): void {
  if (wanted === publication.wanted.get()) return
  if (wanted) publication.enable().catch(ignore)
  else publication.disable()
}

/** Why joining failed is in `room.connection`, and why a device failed in its publication; pages read it there. */
function ignore(): void {
  // Nothing to add.
}
