import type { LocalParticipant, Room, RoomEvents } from '@seameet/client'
import type { ReactNode } from 'react'
import { createContext, useContext, useEffect, useEffectEvent } from 'react'

const RoomContext = createContext<Room | null>(null)

/** Hands a room to everything below. The room is made outside of React and outlives every render of it. */
export function RoomProvider({ room, children }: { readonly room: Room; readonly children: ReactNode }) {
  return <RoomContext value={room}>{children}</RoomContext>
}

/** The room of the nearest `RoomProvider`. */
export function useRoom(): Room {
  const room = useContext(RoomContext)
  if (room === null) throw new Error('useRoom needs a <RoomProvider> above it')
  return room
}

/** Oneself in the room. */
export function useLocal(): LocalParticipant {
  return useRoom().local
}

/** Calls the newest `listener` for each event while the component is mounted. */
export function useRoomEvent<K extends keyof RoomEvents>(event: K, listener: (payload: RoomEvents[K]) => void): void {
  const room = useRoom()
  const newest = useEffectEvent(listener)
  useEffect(() => room.on(event, (payload) => newest(payload)), [room, event])
}
