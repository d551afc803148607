/** Something a screen reader user should hear of. */
export type Fact =
  | { readonly kind: 'joined' | 'left' | 'hand' | 'share-started' | 'share-stopped' | 'message'; readonly who: Person }
  | { readonly kind: 'lost' | 'back' | 'device-lost' }

export interface Person {
  readonly key: string
  readonly name: string
}

export interface Announcement {
  /** Assertive interrupts what is being read: only for what needs the user now. */
  readonly politeness: 'polite' | 'assertive'
  readonly text: string
}

/** The sentences, in the user's language. */
export interface AnnouncerTexts {
  readonly joined: (names: readonly string[]) => string
  readonly left: (names: readonly string[]) => string
  readonly hand: (names: readonly string[]) => string
  readonly shareStarted: (names: readonly string[]) => string
  readonly shareStopped: (names: readonly string[]) => string
  readonly message: (names: readonly string[]) => string
  readonly lost: string
  readonly back: string
  readonly deviceLost: string
}

/** How long facts of one kind are gathered, in milliseconds: ten people who join together are one sentence. */
export const GATHER_MS = 700

/** More names than this waiting for one sentence are counted no further: the sentence only tells a number by then. */
const MOST_GATHERED = 200

type Gathered = Exclude<Fact['kind'], 'lost' | 'back' | 'device-lost'>

/**
 * Turns facts into few sentences. A machine: time comes in, sentences come out, nothing happens by itself.
 * Polite facts are gathered by kind; whoever comes and goes within that time is not mentioned at all.
 */
export class Announcer {
  readonly #texts: AnnouncerTexts
  readonly #waiting = new Map<Gathered, { readonly due: number; readonly people: Person[] }>()
  readonly #ready: Announcement[] = []

  constructor(texts: AnnouncerTexts) {
    this.#texts = texts
  }

  handle(fact: Fact, now: number): void {
    switch (fact.kind) {
      case 'lost':
        this.#ready.push({ politeness: 'assertive', text: this.#texts.lost })
        break
      case 'back':
        this.#ready.push({ politeness: 'assertive', text: this.#texts.back })
        break
      case 'device-lost':
        this.#ready.push({ politeness: 'assertive', text: this.#texts.deviceLost })
        break
      default:
        this.#gather(fact.kind, fact.who, now)
    }
  }

  /** The next sentence that is due, or undefined. Call until it is undefined. */
  poll(now: number): Announcement | undefined {
    for (const [kind, { due, people }] of this.#waiting) {
      if (due > now) continue
      this.#waiting.delete(kind)
      this.#ready.push({ politeness: 'polite', text: this.#sentence(kind, people) })
    }
    return this.#ready.shift()
  }

  /** When `poll` is worth calling again, or undefined when nothing waits. */
  nextDue(): number | undefined {
    const dues = [...this.#waiting.values()].map((entry) => entry.due)
    return dues.length === 0 ? undefined : Math.min(...dues)
  }

  #gather(kind: Gathered, who: Person, now: number): void {
    if (this.#cancelsOut(kind, who)) return
    const entry = this.#waiting.get(kind) ?? { due: now + GATHER_MS, people: [] }
    const repeats = kind !== 'message' && entry.people.some((person) => person.key === who.key)
    if (!repeats && entry.people.length < MOST_GATHERED) entry.people.push(who)
    this.#waiting.set(kind, entry)
  }

  #cancelsOut(kind: Gathered, who: Person): boolean {
    const opposite = OPPOSITES[kind]
    const entry = opposite === undefined ? undefined : this.#waiting.get(opposite)
    const at = entry?.people.findIndex((person) => person.key === who.key) ?? -1
    if (entry === undefined || opposite === undefined || at < 0) return false
    entry.people.splice(at, 1)
    if (entry.people.length === 0) this.#waiting.delete(opposite)
    return true
  }

  #sentence(kind: Gathered, people: readonly Person[]): string {
    const names = people.map((person) => person.name)
    switch (kind) {
      case 'joined':
        return this.#texts.joined(names)
      case 'left':
        return this.#texts.left(names)
      case 'hand':
        return this.#texts.hand(names)
      case 'share-started':
        return this.#texts.shareStarted(names)
      case 'share-stopped':
        return this.#texts.shareStopped(names)
      case 'message':
        return this.#texts.message(names)
    }
  }
}

const OPPOSITES: Partial<Record<Gathered, Gathered>> = {
  joined: 'left',
  left: 'joined',
  'share-started': 'share-stopped',
  'share-stopped': 'share-started',
}
