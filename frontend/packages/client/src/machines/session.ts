import {
  checkServerMessage,
  parseServerMessage,
  type ClientMessage,
  type ErrorMessage,
  type Join,
  type Parsed,
  type Ready,
  type RoomClosing,
  type RoomEvent,
  type ServerMessage,
} from '@seameet/protocol'

/** Between two pings. */
export const PING_INTERVAL = 2000
/** Without a word from the server for this long the socket is dead, open or not. */
export const SILENCE_LIMIT = 6000
/** What is left of the limit after the page was suspended, or when the network may have changed. */
const PROBE_LIMIT = 2500
/** From the start of connecting until `ready`. */
export const JOIN_LIMIT = 10_000
/** A gap in the room's order is repaired by a resume, but not more often than this. */
const GAP_REPAIR_INTERVAL = 60_000

/** Close codes of the server that are the end; after all others one may come back. */
const EXPELLED: Readonly<Record<number, 'removed' | 'replaced'>> = { 4003: 'removed', 4004: 'replaced' }

/** A message as the caller makes it: the session adds the id. */
export type ClientBody = ClientMessage extends infer M ? (M extends unknown ? Omit<M, 'id'> : never) : never

/** What outlives one connection. */
export interface SessionMemory {
  /** The highest sequence number seen. */
  seq: number
  /** When a gap was last repaired; null when never. */
  gapRepairedAt: number | null
  /** Messages of unknown type, ignored. */
  unknown: number
  /** Frames that broke the protocol, ignored. */
  invalid: number
}

export function newSessionMemory(): SessionMemory {
  return { seq: 0, gapRepairedAt: null, unknown: 0, invalid: 0 }
}

/** Messages that are neither of the session's own business nor room events. */
export type MediaMessage = Extract<
  ServerMessage,
  {
    type:
      | 'answer'
      | 'slots'
      | 'request_renegotiation'
      | 'active_speakers'
      | 'quality'
      | 'publisher_demand'
      | 'media_lost'
  }
>

export type SessionOutput =
  | { readonly type: 'send'; readonly text: string }
  /** Joined. The events that were missed follow, each as an `event`. */
  | { readonly type: 'ready'; readonly ready: Ready }
  | { readonly type: 'event'; readonly event: RoomEvent }
  /** All that was missed was told: what follows is live. */
  | { readonly type: 'caught-up'; readonly ready: Ready }
  | { readonly type: 'media'; readonly message: MediaMessage }
  /** The join was refused. */
  | { readonly type: 'refused'; readonly error: ErrorMessage }
  /** A later request was refused. */
  | { readonly type: 'request-refused'; readonly error: ErrorMessage }
  | { readonly type: 'closing'; readonly closing: RoomClosing }
  | { readonly type: 'left' }
  /** The server put us out for good. */
  | { readonly type: 'expelled'; readonly cause: 'removed' | 'replaced' }
  /** The socket is of no use any more, or gone already. */
  | { readonly type: 'dead'; readonly cause: 'closed' | 'silent' | 'gap' }

/**
 * One conversation over one socket: join, requests and replies, the order of room events, liveness. It knows neither
 * sockets nor clocks; whoever drives it passes `now` in milliseconds and takes what `poll` yields.
 */
export class SessionMachine {
  /** Signaling round trip in milliseconds; null before the first pong. */
  roundTrip: number | null = null
  readonly #memory: SessionMemory
  readonly #join: Join
  readonly #outputs: SessionOutput[] = []
  #state: 'joining' | 'joined' | 'over' = 'joining'
  #nextId = 0
  #heardAt: number
  #tickedAt: number
  #pingAt = Infinity
  #limitAt: number
  #ping: { readonly id: string; readonly at: number } | null = null

  constructor(join: Join, memory: SessionMemory, now: number) {
    this.#join = join
    this.#memory = memory
    this.#heardAt = now
    this.#tickedAt = now
    this.#limitAt = now + JOIN_LIMIT
  }

  /** Whether requests can be sent. */
  get joined(): boolean {
    return this.#state === 'joined'
  }

  /** The socket is open. */
  opened(): void {
    if (this.#state === 'joining') this.#transmit({ type: 'join', ...this.#join })
  }

  /** A text frame came. */
  received(frame: string, now: number): void {
    if (this.#state === 'over') return
    this.#heardAt = now
    if (this.#state === 'joined') this.#limitAt = now + SILENCE_LIMIT
    const parsed = parseServerMessage(frame)
    if (parsed.kind === 'message') this.#take(parsed.message, now)
    else this.#skip(parsed, now)
  }

  /** The socket closed, with the code of its close frame. */
  closed(code: number): void {
    if (this.#state === 'over') return
    const cause = EXPELLED[code]
    if (cause === undefined) this.#die('closed')
    else this.#over({ type: 'expelled', cause })
  }

  /** Sends a request. Returns its id, which the reply repeats, or null when the session is not joined. */
  request(body: ClientBody): string | null {
    return this.#state === 'joined' ? this.#transmit(body) : null
  }

  /** Asks for a sign of life soon: the page woke up or the network changed. */
  probe(now: number): void {
    if (this.#state !== 'joined') return
    this.#sendPing(now)
    this.#limitAt = Math.min(this.#limitAt, now + PROBE_LIMIT)
  }

  /** When `tick` is due. */
  deadline(): number | null {
    return this.#state === 'over' ? null : Math.min(this.#pingAt, this.#limitAt)
  }

  /** Time passed. */
  tick(now: number): void {
    if (this.#state === 'over') return
    // A page that was asleep has heard nothing because it was not running. The server deserves a fresh chance.
    const slept = now - Math.max(this.#tickedAt, this.#heardAt) > 2 * PING_INTERVAL
    this.#tickedAt = now
    if (this.#state === 'joined' && slept) {
      this.#limitAt = now + PROBE_LIMIT
      this.#sendPing(now)
      return
    }
    if (now >= this.#limitAt) this.#die('silent')
    else if (now >= this.#pingAt) this.#sendPing(now)
  }

  poll(): SessionOutput | undefined {
    return this.#outputs.shift()
  }

  #take(message: ServerMessage, now: number): void {
    switch (message.type) {
      case 'ready':
        if (this.#state === 'joining') this.#begin(message, now)
        return
      case 'error':
        this.#takeError(message)
        return
      case 'pong':
        if (this.#ping !== null && message.id === this.#ping.id) this.roundTrip = now - this.#ping.at
        return
      case 'left':
        this.#over({ type: 'left' })
        return
      case 'room_closing':
        this.#over({ type: 'closing', closing: message })
        return
      case 'answer':
      case 'slots':
      case 'request_renegotiation':
      case 'active_speakers':
      case 'quality':
      case 'publisher_demand':
      case 'media_lost':
        if (this.#state === 'joined') this.#outputs.push({ type: 'media', message })
        return
      default:
        if (this.#state === 'joined') this.#takeEvent(message, now)
    }
  }

  #takeError(error: ErrorMessage): void {
    if (this.#state === 'joining') this.#over({ type: 'refused', error })
    else this.#outputs.push({ type: 'request-refused', error })
  }

  #begin(ready: Ready, now: number): void {
    this.#state = 'joined'
    this.#pingAt = now + PING_INTERVAL
    this.#limitAt = now + SILENCE_LIMIT
    this.#outputs.push({ type: 'ready', ready })
    if (ready.resumed && ready.missed !== undefined) {
      for (const entry of ready.missed) {
        const parsed = checkServerMessage(entry)
        if (parsed.kind !== 'message') this.#count(parsed)
        else if (isEvent(parsed.message)) this.#takeMissed(parsed.message)
      }
    }
    this.#memory.seq = ready.room.seq
    this.#outputs.push({ type: 'caught-up', ready })
  }

  #takeEvent(event: RoomEvent, now: number): void {
    if (event.seq === undefined || this.#inOrder(event.seq, now)) this.#outputs.push({ type: 'event', event })
  }

  /** An event of the time without a connection. Numbers may be left out: data and reactions are not kept. */
  #takeMissed(event: RoomEvent): void {
    if (event.seq === undefined || event.seq <= this.#memory.seq) return
    this.#memory.seq = event.seq
    this.#outputs.push({ type: 'event', event })
  }

  /** Whether the event of this number is the next. One that is known is dropped, a gap is repaired by a resume. */
  #inOrder(seq: number, now: number): boolean {
    if (seq <= this.#memory.seq) return false
    const repaired = this.#memory.gapRepairedAt
    if (seq > this.#memory.seq + 1 && (repaired === null || now - repaired > GAP_REPAIR_INTERVAL)) {
      this.#memory.gapRepairedAt = now
      this.#die('gap')
      return false
    }
    this.#memory.seq = seq
    return true
  }

  #skip(parsed: Exclude<Parsed, { kind: 'message' }>, now: number): void {
    this.#count(parsed)
    if (parsed.kind === 'unknown' && parsed.seq !== null && this.#state === 'joined') this.#inOrder(parsed.seq, now)
  }

  #count({ kind }: Exclude<Parsed, { kind: 'message' }>): void {
    this.#memory[kind] += 1
  }

  #sendPing(now: number): void {
    this.#pingAt = now + PING_INTERVAL
    this.#ping = { id: this.#transmit({ type: 'ping' }), at: now }
  }

  #transmit(body: ClientBody): string {
    this.#nextId += 1
    const id = String(this.#nextId)
    this.#outputs.push({ type: 'send', text: JSON.stringify({ ...body, id }) })
    return id
  }

  #die(cause: 'closed' | 'silent' | 'gap'): void {
    this.#over({ type: 'dead', cause })
  }

  #over(output: SessionOutput): void {
    this.#state = 'over'
    this.#outputs.push(output)
  }
}

function isEvent(message: ServerMessage): message is Extract<ServerMessage, RoomEvent> {
  switch (message.type) {
    case 'ready':
    case 'answer':
    case 'slots':
    case 'request_renegotiation':
    case 'active_speakers':
    case 'quality':
    case 'publisher_demand':
    case 'media_lost':
    case 'left':
    case 'room_closing':
    case 'error':
    case 'pong':
      return false
    default:
      return true
  }
}
