import type { SeameetErrorCode } from '@seameet/client'
import { SeameetError } from '@seameet/client'
import { createFakeRoom } from '@seameet/client/testing'
import { act, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { axeFaults, renderApp } from '../test/render-app.tsx'

test.each<[SeameetErrorCode, string]>([
  ['connect/room-full', 'This meeting is full'],
  ['connect/auth-rejected', 'This invitation is not accepted'],
  ['connect/unreachable', 'The server cannot be reached'],
  ['connect/ice-failed', 'Sound and picture cannot get through'],
  ['policy/rate-limited', 'Too many attempts'],
  ['internal/server', 'Joining did not work'],
])('%s has a page of its own', async (code, title) => {
  const room = createFakeRoom()
  room.nextConnectError = new SeameetError(code, 'no')
  const { user } = renderApp(room)
  await user.click(screen.getByTestId('join-button'))
  const heading = await screen.findByRole('heading', { level: 1, name: title })
  expect(document.activeElement).toBe(heading)
  expect(await axeFaults()).toEqual([])
})

test('trying again joins with the same wishes, and gets in', async () => {
  const room = createFakeRoom()
  room.nextConnectError = new SeameetError('connect/unreachable', 'no')
  const { user } = renderApp(room)
  await user.click(screen.getByTestId('join-button'))
  await user.click(await screen.findByTestId('retry-button'))
  expect(room.connects).toHaveLength(2)
  expect(room.connects[1]).toEqual(room.connects[0])
  expect(await screen.findByTestId('leave-button')).toBeDefined()
})

test.each([
  ['removed', 'You were removed from the call'],
  ['replaced', 'The call continues elsewhere'],
  ['room-closed', 'The meeting has ended'],
  ['gave-up', 'The connection could not be restored'],
] as const)('a call that ended because of %s says so', async (reason, title) => {
  const room = createFakeRoom({ connected: true })
  renderApp(room)
  act(() => {
    room.setConnection({ state: 'ended', reason, message: 'Thank you for coming' })
  })
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe(title)
  expect(screen.getByText(/Thank you for coming/)).toBeDefined()
  expect(await axeFaults()).toEqual([])
})

test('whoever was removed is not offered to rejoin', () => {
  const room = createFakeRoom({ connected: true })
  renderApp(room)
  act(() => {
    room.setConnection({ state: 'ended', reason: 'removed' })
  })
  expect(screen.queryByTestId('rejoin-button')).toBeNull()
})

test('after leaving one rejoins with one click, or goes back to the lobby', async () => {
  const room = createFakeRoom()
  const { user } = renderApp(room)
  await user.click(screen.getByTestId('join-button'))
  await user.click(await screen.findByTestId('leave-button'))
  await user.click(screen.getByTestId('rejoin-button'))
  await user.click(await screen.findByTestId('leave-button'))
  await user.click(screen.getByRole('button', { name: 'Back to the lobby' }))
  expect(screen.getByTestId('join-button')).toBeDefined()
  expect(room.connects).toHaveLength(2)
})

test('a page without https says so first, and lets one join to listen', async () => {
  const { user } = renderApp(createFakeRoom(), { secure: false })
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('This page is not secure')
  expect(await axeFaults()).toEqual([])
  await user.click(screen.getByRole('button', { name: 'Join to listen' }))
  expect(screen.getByTestId('join-button')).toBeDefined()
})
