import { SeameetError } from '@seameet/client'
import type { FakeRoom } from '@seameet/client/testing'
import { createFakeRoom } from '@seameet/client/testing'
import { act, screen, waitFor, within } from '@testing-library/react'
import { beforeEach, expect, test, vi } from 'vitest'
import { GATHER_MS } from '../lib/announcer.ts'
import { preferences } from '../lib/preferences.ts'
import { axeFaults, renderApp } from '../test/render-app.tsx'

beforeEach(() => {
  preferences.shortcuts.set(true)
})

test('a full call has no faults that axe can find', async () => {
  const room = call()
  room.addParticipant({ name: 'Ana' }).handRaised.set(true)
  room.addParticipant({ name: 'Ben', camera: 'muted', microphone: 'muted' }).presence.set('reconnecting')
  room.addParticipant({ name: 'Cleo', screen: true }).quality.set({ score: 1, causes: [] })
  renderApp(room)
  expect(tiles()).toHaveLength(5)
  expect(await axeFaults()).toEqual([])
})

test('a tile says who it is and what it shows, for people and for tests', () => {
  const room = call()
  const ana = room.addParticipant({ id: 'p_ana', name: 'Ana', microphone: 'muted' })
  renderApp(room)
  const tile = tileOf('p_ana')
  expect(tile.dataset).toMatchObject({
    name: 'Ana',
    source: 'camera',
    audioMuted: 'true',
    videoMuted: 'false',
    speaking: 'false',
    self: 'false',
  })
  expect(tile.textContent).toContain('Muted')
  expect(tile.querySelector('video')).not.toBeNull()
  act(() => {
    ana.setMuted('microphone', false)
    ana.setMuted('camera', true)
    room.setSpeakers([ana])
  })
  expect(tile.dataset).toMatchObject({ audioMuted: 'false', videoMuted: 'true', speaking: 'true' })
  expect(tile.textContent).toContain('Speaking')
  expect(tile.querySelector('video')).toBeNull()
})

test('a muted person never shows as speaking', () => {
  const room = call()
  const ana = room.addParticipant({ id: 'p_ana', name: 'Ana', microphone: 'muted' })
  renderApp(room)
  act(() => {
    room.setSpeakers([ana])
  })
  expect(tileOf('p_ana').dataset.speaking).toBe('false')
})

test('one participant coming, going and muting leaves the other tiles and their videos alone', () => {
  const room = call()
  room.addParticipant({ id: 'p_ana', name: 'Ana' })
  renderApp(room)
  const tile = tileOf('p_ana')
  const video = tile.querySelector('video')
  act(() => {
    room.addParticipant({ id: 'p_ben', name: 'Ben' }).setMuted('camera', true)
  })
  act(() => {
    room.removeParticipant('p_ben')
  })
  expect(tileOf('p_ana')).toBe(tile)
  expect(tile.querySelector('video')).toBe(video)
  expect(tiles()).toHaveLength(2)
})

test('a shared screen gets a tile of its own, without the videos starting anew', () => {
  const room = call()
  const ana = room.addParticipant({ id: 'p_ana', name: 'Ana' })
  renderApp(room)
  const video = tileOf('p_ana').querySelector('video')
  act(() => {
    ana.publish('screen')
  })
  expect(tileOf('p_ana', 'screen').textContent).toContain('Ana’s screen')
  expect(document.querySelector('main')?.dataset.mode).toBe('stage')
  expect(tileOf('p_ana').querySelector('video')).toBe(video)
  act(() => {
    ana.unpublish('screen')
  })
  expect(tiles()).toHaveLength(2)
})

test('pinning brings somebody to the front and back', async () => {
  const room = call()
  room.addParticipant({ id: 'p_ana', name: 'Ana' })
  room.addParticipant({ id: 'p_ben', name: 'Ben' })
  const { user } = renderApp(room)
  await user.click(screen.getByRole('button', { name: 'Pin Ben' }))
  expect(document.querySelector('main')?.dataset.mode).toBe('stage')
  await user.click(screen.getByRole('button', { name: 'Unpin Ben' }))
  expect(document.querySelector('main')?.dataset.mode).toBe('grid')
})

test('the controls say what they do, and do it', async () => {
  const room = call()
  const { user } = renderApp(room)
  await user.click(screen.getByRole('button', { name: 'Turn on microphone' }))
  expect(room.local.microphone.wanted.get()).toBe(true)
  await user.click(screen.getByRole('button', { name: 'Turn off microphone' }))
  expect(room.local.microphone.wanted.get()).toBe(false)
  await user.click(screen.getByRole('button', { name: 'Turn on camera' }))
  expect(room.local.camera.wanted.get()).toBe(true)
  await user.click(screen.getByRole('button', { name: 'Raise hand' }))
  expect(room.local.handRaised.get()).toBe(true)
  await user.click(screen.getByRole('button', { name: 'Leave call' }))
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('You left the call')
})

test('sharing a screen shows, and stops with the same button', async () => {
  vi.stubGlobal('navigator', Object.assign(Object.create(navigator) as Navigator, { mediaDevices: shareable }))
  const room = call()
  const { user } = renderApp(room)
  await user.click(screen.getByTestId('screen-button'))
  expect(screen.getByTestId('screen-button').getAttribute('aria-label')).toBe('Stop sharing your screen')
  expect(screen.getByText(/You are sharing your screen with its sound/)).toBeDefined()
  await user.click(screen.getByTestId('screen-button'))
  expect(room.local.screen.wanted.get()).toBe(false)
  vi.unstubAllGlobals()
})

test('single keys work, but not while writing and not when they are turned off', async () => {
  const room = call()
  const { user } = renderApp(room)
  await user.keyboard('m')
  expect(room.local.microphone.wanted.get()).toBe(true)
  await user.keyboard('v')
  expect(room.local.camera.wanted.get()).toBe(true)
  await user.keyboard('h')
  expect(room.local.handRaised.get()).toBe(true)
  await user.keyboard('c')
  await user.keyboard('mvh')
  expect(screen.getByTestId<HTMLTextAreaElement>('chat-input').value).toBe('mvh')
  expect(room.local.microphone.wanted.get()).toBe(true)
  await user.keyboard('{Escape}')
  act(() => {
    preferences.shortcuts.set(false)
  })
  await user.keyboard('m')
  expect(room.local.microphone.wanted.get()).toBe(true)
})

test('the question mark lists the keys, and Escape closes the list', async () => {
  const { user } = renderApp(call())
  await user.keyboard('?')
  const dialog = screen.getByRole('dialog', { name: 'Keyboard shortcuts' })
  expect(within(dialog).getByText('Microphone on or off')).toBeDefined()
  expect(await axeFaults()).toEqual([])
  await user.keyboard('{Escape}')
  expect(screen.queryByRole('dialog')).toBeNull()
})

test('settings open from the menu by keyboard alone, and axe finds no fault in them', async () => {
  const { user } = renderApp(call())
  screen.getByTestId('more-button').focus()
  await user.keyboard('{Enter}')
  await user.click(await screen.findByRole('menuitem', { name: 'Settings' }))
  const dialog = await screen.findByRole('dialog', { name: 'Settings' })
  expect(dialog.contains(document.activeElement)).toBe(true)
  expect(await axeFaults()).toEqual([])
  await user.selectOptions(within(dialog).getByLabelText('Camera'), 'Camera 2')
  await user.keyboard('{Escape}')
  await waitFor(() => {
    expect(screen.queryByRole('dialog')).toBeNull()
  })
})

test('the banner tells which half of the connection is down, and that it is back', async () => {
  const room = call()
  renderApp(room)
  act(() => {
    room.setConnection({ state: 'recovering', reason: 'socket-closed', signal: 'down', attempt: 1 })
  })
  const banner = screen.getByTestId('connection-banner')
  expect(banner.textContent).toContain('You can still be seen and heard.')
  expect(await axeFaults()).toEqual([])
  act(() => {
    room.setConnection({ state: 'live', reason: null, signal: 'up', attempt: 0 })
  })
  expect(screen.queryByTestId('connection-banner')).toBeNull()
  expect(screen.getByTestId('connection-restored')).toBeDefined()
})

test('sound that the browser holds back can be started', async () => {
  const room = call()
  room.audioPlayback.set('blocked')
  const { user } = renderApp(room)
  await user.click(screen.getByRole('button', { name: 'Turn on sound' }))
  expect(screen.queryByTestId('audio-banner')).toBeNull()
})

test('a share that fails is told, a picker that was closed is not', async () => {
  vi.stubGlobal('navigator', Object.assign(Object.create(navigator) as Navigator, { mediaDevices: shareable }))
  const room = call()
  const { user } = renderApp(room)
  room.local.screen.nextError = new SeameetError('device/dismissed', 'closed')
  await user.click(screen.getByTestId('screen-button'))
  expect(screen.queryByTestId('toast')).toBeNull()
  room.local.screen.nextError = new SeameetError('device/denied-by-system', 'no')
  await user.click(screen.getByTestId('screen-button'))
  expect((await screen.findByTestId('toast')).textContent).toContain('Your screen could not be shared.')
  vi.unstubAllGlobals()
})

test('a device that was unplugged is named, and so is what took over', () => {
  const room = call()
  renderApp(room)
  const device = (label: string) => ({ id: label, label, groupId: '' })
  act(() => {
    room.devices.emit('device-lost', { kind: 'microphone', lost: device('Headset'), replacement: device('Laptop') })
  })
  expect(screen.getByTestId('toast').textContent).toContain('Headset was unplugged. Using Laptop now.')
})

test('who comes is announced, several at once in one sentence', async () => {
  const room = call()
  renderApp(room)
  act(() => {
    for (const name of ['Ana', 'Ben', 'Cleo']) room.addParticipant({ name })
  })
  await waitFor(
    () => {
      expect(screen.getByTestId('announcements').textContent).toContain('3 people joined')
    },
    { timeout: GATHER_MS + 1000 },
  )
})

test('a reaction that the app does not know is not shown', () => {
  const room = call()
  const ana = room.addParticipant({ name: 'Ana' })
  renderApp(room)
  act(() => {
    room.receiveReaction(ana, '<b>anything</b>')
    room.receiveReaction(ana, 'constructor')
  })
  expect(screen.queryByText('<b>anything</b>')).toBeNull()
  expect(screen.queryByText('constructor')).toBeNull()
  act(() => {
    room.receiveReaction(ana, '👍')
  })
  expect(screen.getByText('thumbs up')).toBeDefined()
})

const shareable = { getDisplayMedia: () => Promise.reject(new Error('not in this test')) }

function call(): FakeRoom {
  return createFakeRoom({ connected: true })
}

function tiles(): HTMLElement[] {
  return screen.queryAllByTestId('tile')
}

function tileOf(participant: string, source = 'camera'): HTMLElement {
  const found = tiles().find((tile) => tile.dataset.participant === participant && tile.dataset.source === source)
  if (found === undefined) throw new Error(`no ${source} tile of ${participant}`)
  return found
}
