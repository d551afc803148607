import type { LineQuality, Quality as QualityMessage } from '@seameet/protocol'
import type { Quality, QualityCause } from '../api/participant.ts'
import type { ConnectionQuality, PathQuality } from '../api/stats.ts'
import { createStore } from '../store.ts'
import type { LocalSelf } from './local-participant.ts'
import type { Roster } from './roster.ts'

const CAUSES: readonly string[] = ['uplink-loss', 'downlink-loss', 'downlink-bandwidth', 'latency', 'no-media'] satisfies QualityCause[]

/** How good everybody's connection is, as the server measures. */
export class QualityBoard {
  readonly own = createStore<ConnectionQuality | null>(null)
  readonly #self: LocalSelf
  readonly #roster: Roster

  constructor(self: LocalSelf, roster: Roster) {
    this.#self = self
    this.#roster = roster
  }

  told({ participant, score, causes, self }: QualityMessage): void {
    const quality: Quality = { score: Math.min(5, Math.max(0, score)), causes: causes.map(causeFromWire) }
    if (participant !== this.#self.id) {
      this.#roster.find(participant)?.quality.set(quality)
      return
    }
    this.#self.quality.set(quality)
    if (self !== undefined) this.own.set({ ...quality, uplink: path(self.uplink), downlink: path(self.downlink) })
  }

  clear(): void {
    this.own.set(null)
    this.#self.quality.set(null)
  }
}

/** A cause that is newer than this client is `unknown`. */
function causeFromWire(name: string): QualityCause {
  const cause = name.replaceAll('_', '-')
  return CAUSES.includes(cause) ? (cause as QualityCause) : 'unknown'
}

function path({ loss, rtt_ms: roundTrip, bitrate, available }: LineQuality): PathQuality {
  return {
    loss: loss ?? null,
    roundTrip: roundTrip ?? null,
    kilobitsPerSecond: bitrate / 1000,
    available: available === undefined ? null : available / 1000,
  }
}
