import { useState } from 'react'
import { roomFromInput } from '../../lib/invite.ts'
import { generateRoomName } from '../../lib/room-name.ts'

/** Which meeting the lobby leads to. */
export interface RoomChoice {
  /** Undefined while what was typed is no meeting. */
  readonly room: string | undefined
  readonly invited: boolean
  /** What is in the link field; undefined while a new meeting is offered instead. */
  readonly typed: string | undefined
  readonly type: (text: string | undefined) => void
}

/** The meeting of the link, or a new one made once for this visit, or one whose link is pasted. */
export function useRoomChoice(invited: string | undefined): RoomChoice {
  const [fresh] = useState(() => generateRoomName())
  const [typed, type] = useState<string | undefined>(undefined)
  const room = invited ?? (typed === undefined ? fresh : roomFromInput(typed))
  return { room, invited: invited !== undefined, typed: invited === undefined ? typed : undefined, type }
}
