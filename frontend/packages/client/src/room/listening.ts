import type { ActiveSpeaker } from '@seameet/protocol'
import type { ReceiverLike } from '../browser/types.ts'
import { loudness } from '../machines/loudness.ts'
import { MediaWatch } from '../machines/media-watch.ts'
import { Alarm } from './alarm.ts'
import type { MediaParts } from './media-engine.ts'
import type { RemotePublication } from './participant.ts'
import type { Peer } from './peer.ts'
import { READING_INTERVAL, SpeakingMonitor, type Voice } from './speaking.ts'
import { readStats, type StatsReading } from './stats.ts'

/** Between two looks at what arrived. */
const SAMPLE_INTERVAL = 1000
/** A line whose newest packet is older than this is silent, whatever its last loudness was. */
const STALE_AFTER = 400

export interface ListeningHooks {
  peer(): Peer | null
  /** Nothing has arrived for too long. */
  silent(): void
  /** Something arrived. */
  flowing(): void
}

interface Heard {
  readonly timestamp: number
  readonly at: number
}

/** Listens to what arrives while a call lasts: whether there is any, and who talks. */
export class Listening {
  readonly speaking = new SpeakingMonitor()
  readonly #parts: MediaParts
  readonly #hooks: ListeningHooks
  readonly #sampleAlarm: Alarm
  readonly #readingAlarm: Alarm
  readonly #heard = new WeakMap<ReceiverLike, Heard>()
  /** Loudness of who talks, as the server says: for those whose sound does not come here. */
  #told = new Map<string, number>()
  #watch = new MediaWatch()
  #running = false
  #lastReading: StatsReading | null = null
  #earlierReading: StatsReading | null = null

  constructor(parts: MediaParts, hooks: ListeningHooks) {
    this.#parts = parts
    this.#hooks = hooks
    this.#sampleAlarm = new Alarm(parts.browser, () => void this.#sample())
    this.#readingAlarm = new Alarm(parts.browser, () => {
      this.#read()
    })
  }

  /**
   * A look to compare with one made now. Browsers answer two questions within some milliseconds with the same numbers,
   * so it is never the newest when that is fresh.
   */
  readingBefore(now: number): StatsReading | null {
    const last = this.#lastReading
    return last !== null && now - last.at < SAMPLE_INTERVAL / 2 ? this.#earlierReading : last
  }

  start(): void {
    if (this.#running) return
    this.#running = true
    this.#schedule()
  }

  /** The server says who talks, and how loud in dBov. */
  told(speakers: readonly ActiveSpeaker[]): void {
    this.#told = new Map(speakers.map(({ participant, level }) => [participant, loudness(10 ** (level / 20))]))
    this.speaking.tell([...this.#told.keys()])
    if (this.#running) this.#read()
  }

  /** The server cannot tell any more; until it does, the own ears must do. */
  untold(): void {
    this.#told.clear()
    this.speaking.tell(null)
  }

  /** Forgets what was counted: a new peer connection or path begins. */
  restart(): void {
    this.#watch = new MediaWatch()
  }

  stop(): void {
    this.#running = false
    this.#sampleAlarm.set(null)
    this.#readingAlarm.set(null)
    this.#lastReading = null
    this.#earlierReading = null
    this.#told.clear()
    this.speaking.clear()
  }

  #schedule(): void {
    const now = this.#parts.browser.now()
    this.#sampleAlarm.set(now + SAMPLE_INTERVAL)
    this.#readingAlarm.set(now + READING_INTERVAL)
  }

  async #sample(): Promise<void> {
    const { browser } = this.#parts
    const peer = this.#hooks.peer()
    const watch = this.#watch
    try {
      if (peer !== null) {
        const reading = readStats(await peer.stats(), browser.now())
        // Meanwhile another connection may have begun; then this look says nothing about it.
        if (this.#running && peer === this.#hooks.peer() && watch === this.#watch) this.#judge(reading)
      }
    } catch {
      // A connection that closes while it is asked has nothing to tell.
    }
    if (this.#running) this.#sampleAlarm.set(browser.now() + SAMPLE_INTERVAL)
  }

  #judge(reading: StatsReading): void {
    const before = this.#lastReading
    this.#earlierReading = before
    this.#lastReading = reading
    const silent = this.#watch.sample(reading.at, { inbound: reading.inbound, expecting: this.#expecting() })
    if (silent) this.#hooks.silent()
    else if (before !== null && reading.inbound > before.inbound) this.#hooks.flowing()
  }

  /** Whether somebody sends to us now. */
  #expecting(): boolean {
    for (const publication of this.#parts.roster.publications()) {
      const { cause, layer } = publication.delivery.get()
      if (publication.receiver !== null && (cause === 'full' || layer !== null) && !publication.muted.get()) return true
    }
    return false
  }

  #read(): void {
    const { browser, self, roster } = this.#parts
    const now = browser.now()
    const voices: Voice[] = [{ participant: self, level: self.sentLevel() }]
    for (const participant of roster.participants.get()) {
      const microphone = participant.publication('microphone')
      const told = this.#told.get(participant.id) ?? 0
      const level = microphone === undefined || microphone.muted.get() ? 0 : this.#level(microphone, now) || told
      participant.loudness = level
      voices.push({ participant, level })
    }
    this.speaking.update(now, voices)
    if (this.#running) this.#readingAlarm.set(now + READING_INTERVAL)
  }

  /** How loud a microphone is: from its newest packet where the browser tells, else from the last look. */
  #level({ receiver, mid }: RemotePublication, now: number): number {
    if (receiver === null) return 0
    const [source] = receiver.getSynchronizationSources()
    if (source === undefined) return 0
    const heard = this.#heard.get(receiver)
    if (heard?.timestamp !== source.timestamp) this.#heard.set(receiver, { timestamp: source.timestamp, at: now })
    else if (now - heard.at > STALE_AFTER) return 0
    return loudness(source.audioLevel ?? this.#lastReading?.levels.get(mid ?? '') ?? 0)
  }
}
