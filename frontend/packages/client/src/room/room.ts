import type { ErrorMessage, Join, Ready, RoomEvent } from '@seameet/protocol'
import type { AnyParticipant } from '../api/participant.ts'
import type { Connection } from '../api/connection.ts'
import type { Devices } from '../api/devices.ts'
import { SeameetError } from '../api/error.ts'
import type { Source } from '../api/publication.ts'
import type { ConnectOptions, Room, RoomEvents } from '../api/room.ts'
import type { ConnectionQuality, RoomStats } from '../api/stats.ts'
import type { Store } from '../api/store.ts'
import { idleConnection } from '../connection.ts'
import { DeviceSet } from '../devices/device-set.ts'
import type { Browser } from '../browser/types.ts'
import { createEmitter } from '../emitter.ts'
import { ReconnectMachine } from '../machines/reconnect.ts'
import { newSessionMemory, type ClientBody } from '../machines/session.ts'
import type { RoomOptions } from '../options.ts'
import { createStore } from '../store.ts'
import { Alarm } from './alarm.ts'
import { AudioPool } from './audio-pool.ts'
import { ChatLog } from './chat-log.ts'
import { serverError } from './errors.ts'
import { Farewell } from './farewell.ts'
import { LocalSelf } from './local-participant.ts'
import { MediaEngine } from './media-engine.ts'
import { NAMELESS } from './participant.ts'
import { Publisher } from './publisher.ts'
import { Roster } from './roster.ts'
import { SignalLink, type LinkOutput } from './signal-link.ts'
import { maySend } from './sources.ts'
import { compose } from './status.ts'
import { aborted, joinMessage, newVisit, watchPage, type Visit } from './visit.ts'

export class RoomImpl implements Room {
  readonly devices: Devices
  readonly roomId = createStore<string | null>(null)
  readonly connection = createStore<Connection>(idleConnection)
  readonly startedAt = createStore<number | null>(null)
  readonly local: LocalSelf
  readonly chat: ChatLog
  readonly #browser: Browser
  readonly #client: { readonly name: string; readonly version: string }
  readonly #emitter = createEmitter<RoomEvents>()
  readonly #roster: Roster
  readonly #publisher: Publisher
  readonly #audio: AudioPool
  readonly #media: MediaEngine
  readonly #reconnect: ReconnectMachine
  readonly #alarm: Alarm
  #memory = newSessionMemory()
  #visit: Visit | null = null
  #link: SignalLink | null = null
  /** Counts attempts to join; what belongs to an older one is ignored. */
  #opening = 0
  /** The last `ready`: resume token, grants, limits. */
  #ready: Ready | null = null

  constructor(browser: Browser, options: RoomOptions) {
    this.#browser = browser
    this.#client = { name: 'seameet-js', version: '0.1.0', ...options.client }
    this.devices = options.devices ?? new DeviceSet(browser)
    this.#reconnect = new ReconnectMachine(() => browser.random())
    this.#alarm = new Alarm(browser, () => {
      this.#reconnect.wake(browser.now())
      this.#drain()
    })
    const request = (body: ClientBody): string | null => this.#request(body)
    this.local = this.#makeSelf()
    this.#roster = new Roster(this.local, this.#emitter, () => this.#media.viewing)
    this.#publisher = new Publisher(this.local.all, browser, options.publish ?? {}, {
      request,
      roomCodec: () => this.#roster.videoCodec(),
      failed: (source, error) => {
        this.#emitter.emit('publish-failed', { source, error })
      },
    })
    this.chat = new ChatLog({
      request,
      isSelf: (id) => this.#roster.isSelf(id),
      ownId: () => this.local.id,
      ownName: () => this.local.name.get(),
      wallTime: () => browser.wallTime(),
      inCall: () => this.#visit !== null,
    })
    this.#audio = new AudioPool(browser, this.devices)
    const parts = { browser, self: this.local, roster: this.#roster, publisher: this.#publisher, audio: this.#audio }
    this.#media = new MediaEngine(parts, {
      request,
      changed: () => {
        this.#publishConnection()
      },
      refused: (error) => {
        this.#emitter.emit('request-failed', { error })
      },
      roundTrip: () => this.#link?.roundTrip ?? null,
    })
  }

  get participants(): Roster['participants'] {
    return this.#roster.participants
  }

  get hands(): Store<readonly AnyParticipant[]> {
    return this.#roster.hands
  }

  get activeSpeakers(): Store<readonly AnyParticipant[]> {
    return this.#media.listening.speaking.active
  }

  get connectionQuality(): Store<ConnectionQuality | null> {
    return this.#media.quality.own
  }

  get audioPlayback(): Store<'ok' | 'blocked'> {
    return this.#audio.playback
  }

  startAudio(): Promise<void> {
    return this.#audio.start()
  }

  connect(options: ConnectOptions): Promise<void> {
    if (this.#visit?.options.roomId === options.roomId) return this.#visit.done
    if (this.#visit !== null) void this.leave()
    const url = options.url ?? this.#browser.defaultUrl()
    if (url === null) return Promise.reject(new SeameetError('connect/unreachable', 'Outside of a page `url` is needed.'))
    if (options.signal?.aborted === true) return Promise.reject(aborted())
    if (this.roomId.get() !== options.roomId) this.chat.clear()
    const visit = this.#begin(options, url)
    this.#reconnect.connect(this.#browser.now())
    this.#drain()
    return visit.done
  }

  leave(): Promise<void> {
    this.#sayGoodbye()
    this.#reconnect.leave()
    this.#drain()
    return Promise.resolve()
  }

  sendData(topic: string, body: string, options: { readonly to?: string } = {}): void {
    const { to } = options
    const sent = this.#request({ type: 'data', topic, body, ...(to === undefined ? {} : { to }) })
    if (sent === null) throw new SeameetError('state/not-connected', 'There is no connection now.', { retryable: true })
  }

  on<K extends keyof RoomEvents>(event: K, listener: (payload: RoomEvents[K]) => void): () => void {
    return this.#emitter.on(event, listener)
  }

  stats(): Promise<RoomStats> {
    return this.#media.stats()
  }

  #makeSelf(): LocalSelf {
    return new LocalSelf(this.#browser, this.devices, {
      forbidden: (source) => this.#forbidden(source),
      published: () => {
        this.#media.published()
      },
      changed: () => {
        this.#publisher.reconcile()
      },
      setHand: (raised) => {
        this.#roster.setOwnHand(raised)
        this.#request({ type: raised ? 'raise_hand' : 'lower_hand' })
      },
      react: (reaction) => {
        this.#request({ type: 'reaction', reaction })
      },
      screenEnded: () => {
        this.#emitter.emit('screen-share-ended', {})
      },
    })
  }

  #forbidden(source: Source): SeameetError | null {
    if (this.#ready === null || maySend(this.#ready.grants, source)) return null
    return new SeameetError('policy/not-permitted', `You may not publish a ${source} here.`)
  }

  #request(body: ClientBody): string | null {
    return this.#link?.request(body) ?? null
  }

  #begin(options: ConnectOptions, url: string): Visit {
    const browser = this.#browser
    const look = (): void => {
      this.#reconnect.network(browser.now(), browser.online())
      this.#reconnect.visibility(browser.now(), browser.visible())
    }
    look()
    const visit = newVisit(options, url, watchPage(browser, options.signal, {
      networkChanged: () => {
        look()
        this.#link?.probe()
        this.#drain()
      },
      visibilityChanged: () => {
        look()
        if (browser.visible()) this.#link?.probe()
        this.#drain()
      },
      gone: () => void this.leave(),
    }))
    this.#visit = visit
    this.#memory = newSessionMemory()
    this.#ready = null
    this.roomId.set(options.roomId)
    this.local.name.set(options.displayName ?? NAMELESS)
    this.local.attributes.set({ ...options.attributes })
    return visit
  }

  /** Does what the machine decided, and shows where it stands. */
  #drain(): void {
    for (let output = this.#reconnect.poll(); output !== undefined; output = this.#reconnect.poll()) {
      switch (output.type) {
        case 'open':
          void this.#open(output.resume)
          break
        case 'close':
          this.#dropLink()
          break
        case 'joined':
          this.#publishConnection()
          this.#visit?.resolve()
          break
        case 'ended':
          this.#end()
      }
    }
    this.#alarm.set(this.#reconnect.deadline())
    this.#publishConnection()
  }

  async #open(resume: boolean): Promise<void> {
    const visit = this.#visit
    if (visit === null) return
    this.#opening += 1
    const opening = this.#opening
    const current = (): boolean => opening === this.#opening && this.#visit === visit
    const { token } = visit.options
    let secret: string | undefined
    try {
      secret = typeof token === 'function' ? await token() : token
    } catch (cause) {
      if (!current()) return
      const error = new SeameetError('connect/auth-rejected', 'No token could be had.', { retryable: true, cause })
      this.#reconnect.refused(this.#browser.now(), error, false)
      this.#drain()
      return
    }
    if (!current()) return
    const resumption = resume && this.#ready !== null ? { former: this.#ready, seq: this.#memory.seq } : null
    const join = joinMessage(visit.options, this.#client, secret, resumption)
    visit.join = join
    this.#link = new SignalLink(this.#browser, visit.url, join, this.#memory, {
      output: (output) => {
        this.#take(output, join)
      },
    })
  }

  /** The connection, if there is one, goes on without the room until the server knows. */
  #sayGoodbye(): void {
    const { awaitedUntil: until } = this.#reconnect
    const { url, join } = this.#visit ?? {}
    if (url === undefined || join === undefined || this.#ready === null || until === null) return
    const { token, ttl_ms: ttl } = this.#ready.resume
    new Farewell(this.#browser, { url, join, memory: this.#memory, token, ttl, until, link: this.#link })
    this.#link = null
  }

  #dropLink(): void {
    this.#opening += 1
    this.#link?.close()
    this.#link = null
    this.#media.signalDown()
  }

  #take(output: LinkOutput, join: Join): void {
    const now = this.#browser.now()
    switch (output.type) {
      case 'ready':
        this.#welcome(output.ready)
        return
      case 'event':
        this.#apply(output.event)
        return
      case 'caught-up':
        this.#caughtUp(output.ready)
        return
      case 'media':
        this.#media.message(output.message)
        return
      case 'request-refused':
        this.#requestRefused(output.error)
        return
      case 'refused':
        this.#reconnect.refused(now, serverError(output.error), join.resume !== undefined && output.error.code === 'resume_rejected')
        break
      case 'closing': {
        const { reason, retry_after: seconds } = output.closing
        if (seconds !== undefined) this.#reconnect.restarting(now, seconds * 1000, reason)
        else this.#reconnect.finished('room-closed', reason)
        break
      }
      case 'expelled':
        this.#reconnect.finished(output.cause, null)
        break
      case 'left':
        this.#reconnect.leave()
        break
      case 'dead':
        this.#reconnect.lost(now, output.cause === 'silent' ? 'socket-silent' : 'socket-closed')
    }
    this.#drain()
  }

  /** Let in. What was missed comes next, as events. */
  #welcome(ready: Ready): void {
    this.#ready = ready
    this.#roster.setSelf(ready.participant)
    this.chat.maxLength.set(ready.limits.chat_chars)
    this.startedAt.set(ready.room.started_at)
  }

  /** Everything that happened before is applied: roster, chat, wishes and media are made equal to the server's. */
  #caughtUp(ready: Ready): void {
    const visit = this.#visit
    this.#roster.applySnapshot(ready)
    this.chat.addHistory(ready.chat)
    // Who was told of a difference may have left because of it.
    if (this.#visit !== visit) return
    if (!ready.resumed && this.local.handRaised.get()) this.#request({ type: 'raise_hand' })
    this.chat.resend()
    this.#media.joined(ready)
    this.#reconnect.joined(this.#browser.now(), ready.resume.ttl_ms)
    this.#drain()
  }

  #apply(event: RoomEvent): void {
    switch (event.type) {
      case 'chat_message': {
        const message = this.chat.received(event)
        if (message !== null) this.#emitter.emit('chat-received', { message })
        return
      }
      case 'data': {
        const { from, topic, body, at } = event
        this.#emitter.emit('data-received', { from, topic, body, at })
        return
      }
      case 'reaction': {
        const participant = this.#roster.findAny(event.from)
        const { reaction, at } = event
        if (participant !== undefined) this.#emitter.emit('reaction-received', { participant, reaction, at })
        return
      }
      default:
        this.#roster.apply(event)
        this.#media.rosterChanged()
    }
  }

  #requestRefused(message: ErrorMessage): void {
    const error = serverError(message)
    const { id } = message
    if (this.#media.requestRefused(message)) return
    if (id !== undefined && (this.chat.requestRefused(id, error) || this.#publisher.requestRefused(id))) return
    this.#emitter.emit('request-failed', { error })
  }

  #publishConnection(): void {
    const previous = this.connection.get()
    const { now, wallTime } = { now: this.#browser.now(), wallTime: this.#browser.wallTime() }
    const connection = compose(this.#reconnect.status, this.#media, wallTime - now, previous)
    if (connection === previous) return
    this.connection.set(connection)
    this.#emitter.emit('connection-changed', { connection, previous })
  }

  #end(): void {
    const visit = this.#visit
    this.#visit = null
    this.#ready = null
    for (const cleanup of visit?.cleanups ?? []) cleanup()
    this.#media.stop()
    this.chat.end()
    this.#roster.clear()
    this.local.release()
    this.#publishConnection()
    // Does nothing when the visit had succeeded.
    visit?.reject(this.#reconnect.status.error ?? aborted())
  }
}
