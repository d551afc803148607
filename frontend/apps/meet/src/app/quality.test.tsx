import { createFakeRoom } from '@seameet/client/testing'
import { act, screen, waitFor, within } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { axeFaults, renderApp } from '../test/render-app.tsx'

const call = () => createFakeRoom({ connected: true })

test('the call quality opens with a key, tells the figures, and closes again', async () => {
  const room = call()
  const ana = room.addParticipant({ name: 'Ana' })
  ana.publication('camera')?.delivery.set({ assigned: true, cause: 'bandwidth', causeTrack: null, layer: null })
  room.local.quality.set({ score: 3, causes: ['latency'] })
  const { user } = renderApp(room)
  await user.keyboard('q')
  const dialog = await screen.findByRole('dialog', { name: 'Call quality' })
  expect(dialog.textContent).toContain('Unsteady connection')
  expect(dialog.textContent).toContain('Your line is slow to respond.')
  await waitFor(() => {
    expect(within(dialog).getByRole('listitem').textContent).toContain('Your connection is slow right now')
  })
  expect(dialog.textContent).toContain('Direct, UDP')
  expect(await axeFaults()).toEqual([])
  await user.click(within(dialog).getByRole('button', { name: 'Copy report' }))
  const copied = await navigator.clipboard.readText()
  expect(copied).toContain('bandwidth')
  expect(copied).not.toContain('Ana')
  await user.keyboard('{Escape}')
  expect(screen.queryByRole('dialog')).toBeNull()
})

test('it can be reached from the menu with the keyboard alone', async () => {
  const { user } = renderApp(call())
  screen.getByRole('button', { name: 'More options' }).focus()
  await user.keyboard('{Enter}')
  const item = await screen.findByRole('menuitem', { name: 'Call quality' })
  item.focus()
  await user.keyboard('{Enter}')
  expect(await screen.findByRole('dialog', { name: 'Call quality' })).not.toBeNull()
})

test('a tile says how good a connection is, and why the picture is soft or has stopped', () => {
  const room = call()
  const ana = room.addParticipant({ id: 'p_ana', name: 'Ana' })
  renderApp(room)
  const tile = document.querySelector<HTMLElement>('[data-participant="p_ana"]')
  expect(tile?.querySelector('[data-testid="quality-sign"]')).toBeNull()
  act(() => {
    ana.quality.set({ score: 2, causes: ['uplink-loss'] })
    ana.publication('camera')?.delivery.set({ assigned: true, cause: 'publisher', causeTrack: null, layer: null })
  })
  expect(tile?.querySelector('[data-testid="quality-sign"]')?.textContent).toBe('Weak connection')
  expect(tile?.textContent).toContain('Ana’s connection is slow')
  act(() => {
    ana.publication('camera')?.delivery.set({ assigned: true, cause: 'paused', causeTrack: null, layer: null })
  })
  expect(tile?.textContent).toContain('Paused: your line is too slow for video')
  act(() => {
    ana.publication('camera')?.delivery.set({ assigned: true, cause: 'size', causeTrack: null, layer: null })
  })
  expect(tile?.querySelector('[data-testid="picture-sign"]')).toBeNull()
})

test('a pinned picture goes before the others', async () => {
  const room = call()
  const ana = room.addParticipant({ name: 'Ana' })
  const { user } = renderApp(room)
  await user.click(screen.getByRole('button', { name: 'Pin Ana' }))
  expect(ana.publication('camera')?.wish).toEqual({ pinned: true })
  await user.click(screen.getByRole('button', { name: 'Unpin Ana' }))
  expect(ana.publication('camera')?.wish).toBeNull()
})

test('a weak own connection is told when it lasts, with what helps', async () => {
  vi.useFakeTimers()
  try {
    const room = call()
    await room.local.camera.enable()
    renderApp(room)
    const banner = () => document.querySelector<HTMLElement>('[data-testid="weak-banner"]')
    const pass = async (milliseconds: number) => {
      await act(() => vi.advanceTimersByTimeAsync(milliseconds))
    }
    act(() => {
      room.local.quality.set({ score: 1, causes: [] })
    })
    await pass(3000)
    expect(banner()).toBeNull()
    await pass(2000)
    expect(banner()?.textContent).toContain('You can turn off your camera to help.')
    act(() => {
      banner()?.querySelector('button')?.click()
    })
    expect(room.local.camera.wanted.get()).toBe(false)
    expect(banner()?.textContent).not.toContain('turn off your camera')
    act(() => {
      room.local.quality.set({ score: 4, causes: [] })
    })
    await pass(9000)
    expect(banner()).toBeNull()
  } finally {
    vi.useRealTimers()
  }
})
