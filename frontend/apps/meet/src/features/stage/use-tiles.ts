import type { AnyParticipant, Room, Store } from '@seameet/client'
import { useRoom, useStore } from '@seameet/react'
import { useMemo } from 'react'
import type { TileItem } from './tiles.ts'
import { tilesOf } from './tiles.ts'

/** The tiles of the call; a new array only when people or their publications change. */
export function useTiles(pinned: string | undefined): readonly TileItem[] {
  const room = useRoom()
  const people = useMemo(() => createPeopleStore(room), [room])
  const everyone = useStore(people)
  return useMemo(() => tilesOf(everyone, pinned), [everyone, pinned])
}

/** Oneself first, then the others as they came; a new array too when anybody publishes or unpublishes. */
function createPeopleStore(room: Room): Store<readonly AnyParticipant[]> {
  const read = () => [room.local, ...room.participants.get()]
  let people: readonly AnyParticipant[] = read()
  return {
    get: () => people,
    subscribe: (listener) => {
      // Whatever happened before somebody listened is caught up with here; React looks again after subscribing.
      people = read()
      return watchPeople(room, () => {
        people = read()
        listener()
      })
    },
  }
}

/** Calls `changed` whenever somebody comes, goes, publishes or unpublishes. */
function watchPeople(room: Room, changed: () => void): () => void {
  const watched = new Map<AnyParticipant, () => void>()
  const follow = () => {
    const people = new Set<AnyParticipant>([room.local, ...room.participants.get()])
    for (const [person, stop] of watched) {
      if (people.has(person)) continue
      stop()
      watched.delete(person)
    }
    for (const person of people) if (!watched.has(person)) watched.set(person, watchPerson(person, changed))
  }
  follow()
  const stop = room.participants.subscribe(() => {
    follow()
    changed()
  })
  return () => {
    stop()
    for (const end of watched.values()) end()
  }
}

/** Follows a person's publications, and for oneself whether the screen is really being shared. */
function watchPerson(person: AnyParticipant, changed: () => void): () => void {
  const stops = [person.publications.subscribe(changed)]
  const screen = person.isLocal ? person.publication('screen') : undefined
  if (screen !== undefined) stops.push(screen.muted.subscribe(changed))
  return () => {
    for (const stop of stops) stop()
  }
}
