import type { DeliveryCause, LineStats } from '@seameet/client'
import { SeameetError } from '@seameet/client'
import type { FakeParticipant, FakeRoom } from '@seameet/client/testing'
import { createFakeRoom, FakeDevices } from '@seameet/client/testing'
import { documentTrack, portraitTrack } from './portrait.ts'

/** A state of the app worth looking at. */
export interface Scene {
  readonly path: string
  readonly room: () => FakeRoom
  /** Milliseconds until it looks as it should. */
  readonly wait?: number
  /** Presses what cannot be set from outside. */
  readonly after?: () => void
}

const ROOM = 'k7wm-3xqd-9vtf-hr2n-p8cy'
const NAMES = [
  'Dr. Amara Okafor',
  'Ben Lindqvist',
  'Cléo Fontaine',
  'Diyar Yılmaz',
  'Elif Demir',
  'Farouk Haddad',
  'Grace Njeri',
  'Hiro Tanaka',
  'Ines Carvalho',
  'Jonas Weber',
  'Katarzyna Wiśniewska-Kowalczyk',
  'Liam Ó Briain',
]

export const SCENES: Readonly<Record<string, Scene>> = {
  'lobby-start': { path: '/', room: () => lobby() },
  lobby: { path: `/r/${ROOM}`, room: () => lobby() },
  'lobby-denied': { path: `/r/${ROOM}`, room: () => lobby('device/denied') },
  'lobby-none': { path: `/r/${ROOM}`, room: () => lobby('device/not-found') },
  'room-1': { path: `/r/${ROOM}`, room: () => call(1) },
  'room-2': { path: `/r/${ROOM}`, room: () => call(2) },
  'room-5': { path: `/r/${ROOM}`, room: () => call(5) },
  'room-12': { path: `/r/${ROOM}`, room: () => call(12) },
  'room-25': { path: `/r/${ROOM}`, room: () => call(25) },
  share: { path: `/r/${ROOM}`, room: () => sharing() },
  chat: { path: `/r/${ROOM}`, room: () => chatting(), after: press('chat-button') },
  reconnect: { path: `/r/${ROOM}`, room: () => interrupted() },
  'media-lost': { path: `/r/${ROOM}`, room: () => interrupted('media') },
  'audio-blocked': { path: `/r/${ROOM}`, room: () => blocked() },
  quality: { path: `/r/${ROOM}`, room: () => limited() },
  'quality-look': { path: `/r/${ROOM}`, room: () => limited(), after: focusPin },
  'quality-share': { path: `/r/${ROOM}`, room: () => limited(true) },
  stats: { path: `/r/${ROOM}`, room: () => limited(true), after: pressKey('q') },
  weak: { path: `/r/${ROOM}`, room: () => weak(), wait: 5000 },
  settings: { path: `/r/${ROOM}`, room: () => call(5), after: pressMenu(/settings/i) },
  shortcuts: { path: `/r/${ROOM}`, room: () => call(5), after: pressKey('?') },
  menu: { path: `/r/${ROOM}`, room: () => call(5), after: openMenu },
  reactions: { path: `/r/${ROOM}`, room: () => call(5), after: pressReact },
  ended: { path: `/r/${ROOM}`, room: () => ended() },
  'problem-full': { path: `/r/${ROOM}`, room: () => refused('connect/room-full') },
  'problem-token': { path: `/r/${ROOM}`, room: () => refused('connect/auth-rejected') },
}

function lobby(failure?: 'device/denied' | 'device/not-found'): FakeRoom {
  const devices = new FakeDevices(
    failure === 'device/not-found' ? { list: { camera: [], microphone: [] } } : {},
  )
  devices.tracks.camera = portraitTrack(3)
  devices.loudness = 0.55
  if (failure !== undefined) {
    const error = new SeameetError(failure, failure)
    devices.failures.camera = error
    devices.failures.microphone = error
  }
  return createFakeRoom({ devices })
}

function call(count: number): FakeRoom {
  const room = createFakeRoom({ connected: true })
  room.roomId.set(ROOM)
  room.startedAt.set(Date.now() - 754_000)
  room.local.name.set('Mara Solberg')
  room.local.camera.nextTrack = portraitTrack(3)
  void room.local.camera.enable()
  void room.local.microphone.enable()
  const others = Array.from({ length: count - 1 }, (_, at) => join(room, at))
  const first = others[0]
  if (first !== undefined) room.setSpeakers([first])
  others[2]?.handRaised.set(true)
  others[5]?.presence.set('reconnecting')
  others[6]?.quality.set({ score: 1, causes: ['uplink-loss'] })
  return room
}

function join(room: FakeRoom, at: number): FakeParticipant {
  const name = NAMES[at % NAMES.length] ?? 'Guest'
  const off = at % 4 === 1
  return room.addParticipant({
    name,
    camera: off ? 'muted' : 'on',
    microphone: at % 3 === 1 ? 'muted' : 'on',
    ...(off ? {} : { cameraTrack: portraitTrack(at + 4) }),
  })
}

function sharing(): FakeRoom {
  const room = call(5)
  room.participants.get()[0]?.publish('screen').mediaTrack.set(documentTrack())
  return room
}

/** A line that is too slow for everything: each picture has another reason. */
function limited(share = false): FakeRoom {
  const room = share ? sharing() : call(7)
  const people = room.participants.get()
  const causes: readonly DeliveryCause[] = ['bandwidth', 'size', 'publisher', 'paused', 'higher-priority', 'codec']
  people.forEach((participant, at) => {
    participant.quality.set({ score: 5 - at, causes: at > 2 ? ['uplink-loss'] : [] })
    const cause = causes[at % causes.length] ?? 'full'
    participant.publication('camera')?.delivery.set({ assigned: true, cause, causeTrack: 't_p_1_screen', layer: null })
  })
  room.local.quality.set({ score: 3, causes: ['downlink-bandwidth', 'latency'] })
  room.connectionQuality.set({
    score: 3,
    causes: ['downlink-bandwidth', 'latency'],
    uplink: { loss: 0.004, roundTrip: 48, kilobitsPerSecond: 1430, available: 2100 },
    downlink: { loss: 0.021, roundTrip: 48, kilobitsPerSecond: 1530, available: 1600 },
  })
  room.figures = {
    signalRoundTrip: 52,
    mediaRoundTrip: 148,
    availableOutgoing: 2100,
    transport: 'udp',
    lines: [sentLine(1430), ...people.flatMap((participant, at) =>
      participant.publications.get().map(({ source, kind }): LineStats => ({
        direction: 'receive',
        kind,
        participantId: participant.id,
        source,
        rid: null,
        cause: 'full',
        codec: kind === 'video' ? 'vp8' : 'opus',
        kilobitsPerSecond: at === 3 ? 0 : kind === 'video' ? 420 - at * 90 : 28,
        loss: 0.02,
        jitter: 12,
        width: kind === 'video' ? (source === 'screen' ? 1920 : 640) : null,
        height: kind === 'video' ? (source === 'screen' ? 1080 : 360) : null,
        framesPerSecond: kind === 'video' ? (source === 'screen' ? 12 : 24) : null,
      })),
    )],
  }
  return room
}

function sentLine(kilobitsPerSecond: number): LineStats {
  const what = { direction: 'send', kind: 'video', participantId: 'p_local', source: 'camera', rid: 'f', cause: null } as const
  return { ...what, codec: 'vp8', kilobitsPerSecond, loss: 0.004, jitter: null, width: 1280, height: 720, framesPerSecond: 30 }
}

function weak(): FakeRoom {
  const room = call(5)
  room.local.quality.set({ score: 1, causes: ['uplink-loss'] })
  return room
}

function chatting(): FakeRoom {
  const room = call(5)
  const [amara, ben] = room.participants.get()
  const start = Date.now() - 9 * 60_000
  if (amara === undefined || ben === undefined) return room
  room.receiveChat(amara, 'Good morning, everyone. Can you all see the plan?', start)
  room.receiveChat(amara, 'I put the exercises here: https://example.org/plan/week-12 (page 3).', start + 20_000)
  room.receiveChat(ben, 'Yes, thank you. The second one still hurts a little.', start + 4 * 60_000)
  void room.chat.send('I can send the video again if that helps.')
  return room
}

function interrupted(half: 'signal' | 'media' = 'signal'): FakeRoom {
  const room = call(5)
  room.setConnection(
    half === 'signal'
      ? { state: 'recovering', reason: 'socket-closed', signal: 'pending', media: 'up', attempt: 2 }
      : { state: 'recovering', reason: 'media-lost', signal: 'up', media: 'pending', attempt: 1 },
  )
  return room
}

function blocked(): FakeRoom {
  const room = call(2)
  room.audioPlayback.set('blocked')
  return room
}

function ended(): FakeRoom {
  const room = call(2)
  void room.leave()
  return room
}

function refused(code: 'connect/room-full' | 'connect/auth-rejected'): FakeRoom {
  const room = lobby()
  room.setConnection({ state: 'ended', reason: 'refused', error: new SeameetError(code, code) })
  return room
}

function press(testId: string): () => void {
  return () => {
    document.querySelector<HTMLElement>(`[data-testid="${testId}"]`)?.click()
  }
}

/** The focus in a tile shows what is there on demand. */
function focusPin(): void {
  document.querySelector<HTMLElement>('[data-testid="tile"][data-self="false"] button')?.focus()
}

function pressKey(key: string): () => void {
  return () => {
    document.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
  }
}

function pressReact(): void {
  document.querySelector<HTMLElement>('[aria-label="React to what is said"]')?.click()
}

function openMenu(): void {
  const button = document.querySelector('[data-testid="more-button"]')
  button?.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, button: 0 }))
}

function pressMenu(name: RegExp): () => void {
  return () => {
    openMenu()
    setTimeout(() => {
      for (const item of document.querySelectorAll<HTMLElement>('[role="menuitem"]')) {
        if (name.test(item.textContent)) item.click()
      }
    }, 100)
  }
}
