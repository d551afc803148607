import type { Grants, TrackSource } from '@seameet/protocol'
import type { MediaKind, Source } from '../api/publication.ts'

const FROM_WIRE: Readonly<Record<TrackSource, Source>> = {
  microphone: 'microphone',
  camera: 'camera',
  screen: 'screen',
  screen_audio: 'screen-audio',
}

/** The client's name of a source; null for one that is newer than this client. */
export function sourceFromWire(source: string): Source | null {
  return (FROM_WIRE as Readonly<Record<string, Source | undefined>>)[source] ?? null
}

export function sourceToWire(source: Source): TrackSource {
  return source === 'screen-audio' ? 'screen_audio' : source
}

export function kindOf(source: Source): MediaKind {
  return source === 'camera' || source === 'screen' ? 'video' : 'audio'
}

export function maySend(grants: Grants, source: Source): boolean {
  if (source === 'microphone') return grants.publish_microphone
  return source === 'camera' ? grants.publish_camera : grants.publish_screen
}

