import type { AnyParticipant } from '../api/participant.ts'
import { SpeechDetector } from '../machines/speech.ts'
import { createStore, type WritableStore } from '../store.ts'

/** Between two readings of loudness. */
export const READING_INTERVAL = 150

/** Somebody whose loudness is read. */
export interface Voice {
  readonly participant: AnyParticipant & { readonly speaking: WritableStore<boolean> }
  /** 0 to 1, see `loudness`. */
  readonly level: number
}

/** Who talks, from readings of everybody's loudness. */
export class SpeakingMonitor {
  readonly active = createStore<readonly AnyParticipant[]>([])
  readonly #detectors = new Map<AnyParticipant, SpeechDetector>()
  /** Ids of who talks, as the server says; null while it says nothing. */
  #told: readonly string[] | null = null

  /** The server hears everybody, also those whose sound does not come here: from now on it decides about the others. */
  tell(ids: readonly string[] | null): void {
    this.#told = ids
  }

  /** Takes one reading of everybody. Who is missing is silent. */
  update(now: number, voices: readonly Voice[]): void {
    const present = new Set<AnyParticipant>(voices.map(({ participant }) => participant))
    for (const participant of this.#detectors.keys()) if (!present.has(participant)) this.#detectors.delete(participant)
    const speaking: Voice[] = []
    for (const voice of voices) {
      const { participant, level } = voice
      const detector = this.#detectors.get(participant) ?? new SpeechDetector()
      this.#detectors.set(participant, detector)
      const heard = detector.update(now, level)
      const talks = this.#told === null || participant.isLocal ? heard : this.#told.includes(participant.id)
      participant.speaking.set(talks)
      if (talks) speaking.push(voice)
    }
    this.#publish(speaking)
  }

  clear(): void {
    this.#detectors.clear()
    this.#told = null
    this.active.set([])
  }

  #publish(speaking: Voice[]): void {
    const told = this.#told
    const former = this.active.get()
    // By ear, the order changes only when the set does, so that nothing jumps while two people talk.
    if (told === null && former.length === speaking.length && speaking.every(({ participant }) => former.includes(participant))) return
    const place = ({ id }: AnyParticipant): number => (told?.includes(id) === true ? told.indexOf(id) : Infinity)
    const order = (a: Voice, b: Voice): number =>
      told === null ? b.level - a.level : Math.sign(place(a.participant) - place(b.participant)) || 0
    const next = speaking.sort(order).map(({ participant }) => participant)
    if (next.length !== former.length || next.some((one, index) => one !== former[index])) this.active.set(next)
  }
}
