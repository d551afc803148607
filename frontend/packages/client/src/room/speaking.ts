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

  /** Takes one reading of everybody. Who is missing is silent. */
  update(now: number, voices: readonly Voice[]): void {
    const present = new Set<AnyParticipant>(voices.map(({ participant }) => participant))
    for (const participant of this.#detectors.keys()) if (!present.has(participant)) this.#detectors.delete(participant)
    const speaking: Voice[] = []
    for (const voice of voices) {
      const { participant, level } = voice
      const detector = this.#detectors.get(participant) ?? new SpeechDetector()
      this.#detectors.set(participant, detector)
      const talks = detector.update(now, level)
      participant.speaking.set(talks)
      if (talks) speaking.push(voice)
    }
    this.#publish(speaking)
  }

  clear(): void {
    this.#detectors.clear()
    this.active.set([])
  }

  #publish(speaking: Voice[]): void {
    const former = this.active.get()
    const same = former.length === speaking.length && speaking.every(({ participant }) => former.includes(participant))
    // The order changes only when the set does, so that nothing jumps while two people talk.
    if (same) return
    this.active.set(speaking.sort((a, b) => b.level - a.level).map(({ participant }) => participant))
  }
}
