import type { AnyParticipant, Connection, Participant, Source, TrackPublication } from '@seameet/client'
import { useRoom } from './room-context.tsx'
import { useOptionalStore, useStore } from './use-store.ts'

/** How the call is connected now. */
export function useConnection(): Connection {
  return useStore(useRoom().connection)
}

/** The others, in the order in which they came. */
export function useParticipants(): readonly Participant[] {
  return useStore(useRoom().participants)
}

/** Whose hand is up, first come first. */
export function useHands(): readonly AnyParticipant[] {
  return useStore(useRoom().hands)
}

/** Whether a participant talks now. Changes a few times per second at most. */
export function useSpeaking(participant: AnyParticipant): boolean {
  return useStore(participant.speaking)
}

/** What a component needs of one publication. */
export interface PublicationState {
  readonly publication: TrackPublication | undefined
  /** True too when there is no such publication: nothing is to be seen or heard either way. */
  readonly muted: boolean
  readonly mediaTrack: MediaStreamTrack | null
}

/** A participant's publication from one source, following its coming, going and muting. */
export function usePublication(participant: AnyParticipant, source: Source): PublicationState {
  useStore(participant.publications)
  const publication = participant.publication(source)
  const muted = useOptionalStore(publication?.muted, true)
  const mediaTrack = useOptionalStore<MediaStreamTrack | null>(publication?.mediaTrack, null)
  return { publication, muted, mediaTrack }
}

/** Whether the browser holds sound back until the user does something, and what to call when they do. */
export function useAudioStart(): { readonly blocked: boolean; readonly start: () => void } {
  const room = useRoom()
  const blocked = useStore(room.audioPlayback) === 'blocked'
  return { blocked, start: () => void room.startAudio().catch(ignore) }
}

/** A refused start shows in `audioPlayback`, which stays `blocked`. */
function ignore(): void {
  // Nothing else to do.
}
