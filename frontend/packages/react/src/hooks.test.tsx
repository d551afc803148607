import { createStore, SeameetError } from '@seameet/client'
import type { FakeRoom } from '@seameet/client/testing'
import { createFakeRoom, FakeDevices } from '@seameet/client/testing'
import { act, render, renderHook, waitFor } from '@testing-library/react'
import type { ReactNode } from 'react'
import { StrictMode } from 'react'
import { expect, test, vi } from 'vitest'
import {
  RoomProvider,
  useAudioStart,
  useConnection,
  useLevel,
  useParticipants,
  usePreview,
  usePublication,
  useRoom,
  useRoomEvent,
  useSpeaking,
  useStore,
  useUnread,
  VideoView,
} from './index.ts'

test('a store renders again when its value changes, and only then', () => {
  const store = createStore({ count: 1, name: 'a' })
  let renders = 0
  const { result } = renderHook(() => {
    renders += 1
    return useStore(store, (value) => value.count)
  })
  act(() => {
    store.set({ count: 1, name: 'b' })
  })
  expect(renders).toBe(1)
  act(() => {
    store.set({ count: 2, name: 'b' })
  })
  expect(result.current).toBe(2)
  expect(renders).toBe(2)
})

test('a store that is exchanged is let go', () => {
  const first = createStore(1)
  const second = createStore(2)
  const { result, rerender } = renderHook(({ store }) => useStore(store), { initialProps: { store: first } })
  rerender({ store: second })
  act(() => {
    first.set(9)
  })
  expect(result.current).toBe(2)
})

test('without a provider the room is asked for in plain words', () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  expect(() => renderHook(() => useRoom())).toThrow('RoomProvider')
  vi.restoreAllMocks()
})

test('people and connection follow the room', () => {
  const room = createFakeRoom({ connected: true })
  const { result } = inRoom(room, () => ({ people: useParticipants().length, state: useConnection().state }))
  expect(result.current).toEqual({ people: 0, state: 'live' })
  act(() => {
    room.addParticipant({ name: 'Ana' })
    room.setConnection({ state: 'recovering' })
  })
  expect(result.current).toEqual({ people: 1, state: 'recovering' })
})

test('a publication is followed through its coming, muting and going', () => {
  const room = createFakeRoom({ connected: true })
  const ana = room.addParticipant({ camera: 'none' })
  const { result } = inRoom(room, () => usePublication(ana, 'camera'))
  expect(result.current).toMatchObject({ publication: undefined, muted: true })
  act(() => {
    ana.publish('camera')
  })
  expect(result.current).toMatchObject({ publication: ana.publication('camera'), muted: false })
  act(() => {
    ana.setMuted('camera', true)
  })
  expect(result.current.muted).toBe(true)
  act(() => {
    ana.unpublish('camera')
  })
  expect(result.current).toMatchObject({ publication: undefined, muted: true })
})

test('speaking follows the speakers', () => {
  const room = createFakeRoom({ connected: true })
  const ana = room.addParticipant()
  const { result } = inRoom(room, () => useSpeaking(ana))
  act(() => {
    room.setSpeakers([ana])
  })
  expect(result.current).toBe(true)
})

test('an event reaches the newest listener once, also in strict mode', () => {
  const room = createFakeRoom({ connected: true })
  const heard: string[] = []
  const { rerender } = inRoom(
    room,
    ({ tag }: { tag: string }) => {
      useRoomEvent('participant-joined', () => heard.push(tag))
    },
    { tag: 'first' },
  )
  rerender({ tag: 'second' })
  act(() => {
    room.addParticipant()
  })
  expect(heard).toEqual(['second'])
})

test('blocked sound is started from the gesture', async () => {
  const room = createFakeRoom({ connected: true })
  room.audioPlayback.set('blocked')
  const { result } = inRoom(room, () => useAudioStart())
  expect(result.current.blocked).toBe(true)
  act(() => {
    result.current.start()
  })
  await waitFor(() => {
    expect(result.current.blocked).toBe(false)
  })
})

test('a preview is held once in strict mode, and let go when it is not wanted or gone', async () => {
  const devices = new FakeDevices()
  const { result, rerender, unmount } = renderHook(({ wanted }) => usePreview(devices, 'camera', wanted), {
    initialProps: { wanted: true },
    wrapper: StrictMode,
  })
  expect(result.current.state).toBe('starting')
  await waitFor(() => {
    expect(result.current.state).toBe('on')
  })
  expect(devices.running.camera).toBe(1)
  rerender({ wanted: false })
  expect(result.current.state).toBe('off')
  expect(devices.running.camera).toBe(0)
  rerender({ wanted: true })
  unmount()
  await act(() => Promise.resolve())
  expect(devices.running.camera).toBe(0)
})

test('a preview that failed can be tried again', async () => {
  const devices = new FakeDevices()
  devices.failures.camera = new SeameetError('device/in-use', 'busy')
  const { result } = renderHook(() => usePreview(devices, 'camera', true))
  await waitFor(() => {
    expect(result.current).toMatchObject({ state: 'failed', error: { code: 'device/in-use' } })
  })
  delete devices.failures.camera
  act(() => {
    result.current.retry()
  })
  await waitFor(() => {
    expect(result.current.state).toBe('on')
  })
})

test('a camera that is plugged in, or allowed at last, is taken without pressing anything', async () => {
  const devices = new FakeDevices({ list: { camera: [] }, permission: { camera: 'denied' } })
  devices.failures.camera = new SeameetError('device/not-found', 'none')
  const { result } = renderHook(() => usePreview(devices, 'camera', true))
  await waitFor(() => {
    expect(result.current.state).toBe('failed')
  })
  devices.failures.camera = new SeameetError('device/denied', 'no')
  act(() => {
    devices.list.update((lists) => ({ ...lists, camera: [{ id: 'new', label: 'New', groupId: '' }] }))
  })
  await waitFor(() => {
    expect(result.current).toMatchObject({ state: 'failed', error: { code: 'device/denied' } })
  })
  delete devices.failures.camera
  act(() => {
    devices.permission.update((permission) => ({ ...permission, camera: 'granted' }))
  })
  await waitFor(() => {
    expect(result.current.state).toBe('on')
  })
})

test('a picture is attached to its element and taken off with it', () => {
  const attached = new Set<HTMLMediaElement>()
  const publication = {
    attach: (element: HTMLMediaElement) => {
      attached.add(element)
      return () => void attached.delete(element)
    },
  }
  const { container, unmount } = render(<VideoView publication={publication} className="picture" />, {
    wrapper: StrictMode,
  })
  const video = container.querySelector('video')
  expect([...attached]).toEqual([video])
  expect(video?.className).toBe('picture')
  expect(video?.muted).toBe(true)
  unmount()
  expect(attached.size).toBe(0)
})

test('a level is written into the element without rendering, and reading ends with it', () => {
  vi.useFakeTimers({ toFake: ['requestAnimationFrame', 'cancelAnimationFrame'] })
  let level = 0.5
  const stop = vi.fn()
  const start = () => ({ level: () => level, stop })
  let renders = 0
  const { container, unmount } = render(<Bar start={start} onRender={() => (renders += 1)} />)
  vi.advanceTimersToNextFrame()
  const bar = container.firstElementChild as HTMLElement
  expect(bar.style.getPropertyValue('--level')).toBe('0.500')
  level = 7
  vi.advanceTimersToNextFrame()
  expect(bar.style.getPropertyValue('--level')).toBe('1.000')
  expect(renders).toBe(1)
  unmount()
  expect(stop).toHaveBeenCalledTimes(1)
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

test('messages of others are counted while nobody reads', () => {
  const room = createFakeRoom({ connected: true })
  const ana = room.addParticipant()
  room.receiveChat(ana, 'before')
  const { result, rerender } = inRoom(room, ({ reading }: { reading: boolean }) => useUnread(reading), {
    reading: false,
  })
  expect(result.current).toBe(0)
  act(() => {
    room.receiveChat(ana, 'one')
    void room.chat.send('mine')
  })
  expect(result.current).toBe(1)
  rerender({ reading: true })
  expect(result.current).toBe(0)
  rerender({ reading: false })
  expect(result.current).toBe(0)
})

function Bar({ start, onRender }: { start: () => { level: () => number; stop: () => void }; onRender: () => void }) {
  onRender()
  return <div ref={useLevel<HTMLDivElement>(start)} />
}

function inRoom<Props, Result>(room: FakeRoom, hook: (props: Props) => Result, initialProps?: Props) {
  const wrapper = ({ children }: { readonly children: ReactNode }) => (
    <StrictMode>
      <RoomProvider room={room}>{children}</RoomProvider>
    </StrictMode>
  )
  return renderHook(hook, initialProps === undefined ? { wrapper } : { wrapper, initialProps })
}
