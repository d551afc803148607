import type { AnyParticipant, Connection, Room } from '@seameet/client'
import type { Fact, Person } from '../../lib/announcer.ts'

/** Reports what happens in a room as facts for the announcer. Returns what ends that. */
export function watchFacts(room: Room, report: (fact: Fact) => void): () => void {
  const stops = [
    room.on('participant-joined', ({ participant }) => {
      report({ kind: 'joined', who: person(participant) })
    }),
    room.on('participant-left', ({ participant }) => {
      report({ kind: 'left', who: person(participant) })
    }),
    room.on('hand-raised', ({ participant }) => {
      if (!participant.isLocal) report({ kind: 'hand', who: person(participant) })
    }),
    room.on('publication-added', ({ participant, publication }) => {
      if (publication.source === 'screen') report({ kind: 'share-started', who: person(participant) })
    }),
    room.on('publication-removed', ({ participant, publication }) => {
      if (publication.source === 'screen') report({ kind: 'share-stopped', who: person(participant) })
    }),
    room.on('chat-received', ({ message }) => {
      if (!message.own) report({ kind: 'message', who: { key: message.from, name: message.name } })
    }),
    room.on('connection-changed', ({ connection, previous }) => {
      if (isLost(connection) && previous.state === 'live') report({ kind: 'lost' })
      if (connection.state === 'live' && isLost(previous)) report({ kind: 'back' })
    }),
    room.devices.on('device-lost', () => {
      report({ kind: 'device-lost' })
    }),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

function isLost({ state }: Connection): boolean {
  return state === 'recovering' || state === 'waiting'
}

function person(participant: AnyParticipant): Person {
  return { key: participant.key, name: participant.name.get() }
}
