import { SeameetError } from '@seameet/client'
import { createFakeRoom, FakeDevices } from '@seameet/client/testing'
import { screen, waitFor } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'
import { preferences } from '../lib/preferences.ts'
import { axeFaults, renderApp } from '../test/render-app.tsx'

beforeEach(() => {
  preferences.name.set('')
})

test('the lobby of a link has no faults that axe can find', async () => {
  renderApp(createFakeRoom())
  await screen.findByText('Say something to test your microphone')
  expect(await axeFaults()).toEqual([])
  expect(document.activeElement?.tagName).toBe('H1')
})

test('joining takes the room of the link, the name and both devices along', async () => {
  const room = createFakeRoom()
  const { user } = renderApp(room, { token: 'secret' })
  await user.type(screen.getByLabelText('Your name'), '  Ana  ')
  await user.click(screen.getByTestId('join-button'))
  expect(room.connects).toEqual([{ roomId: 'test-room', displayName: 'Ana', token: 'secret' }])
  expect(room.local.microphone.wanted.get()).toBe(true)
  expect(room.local.camera.wanted.get()).toBe(true)
  expect(await screen.findByTestId('leave-button')).toBeDefined()
})

test('Enter in the name field joins', async () => {
  const room = createFakeRoom()
  const { user } = renderApp(room)
  await user.type(screen.getByLabelText('Your name'), 'Ana{Enter}')
  expect(room.connects).toHaveLength(1)
})

test('without a name none is sent', async () => {
  const room = createFakeRoom()
  const { user } = renderApp(room)
  await user.click(screen.getByTestId('join-button'))
  expect(room.connects).toEqual([{ roomId: 'test-room' }])
})

test('devices that were turned off in the lobby stay off in the call, and are let go', async () => {
  const room = createFakeRoom()
  const { user } = renderApp(room)
  await waitFor(() => {
    expect(room.devices.running).toEqual({ microphone: 1, camera: 1 })
  })
  await user.click(screen.getByRole('button', { name: 'Turn off camera' }))
  await user.click(screen.getByRole('button', { name: 'Turn off microphone' }))
  expect(room.devices.running).toEqual({ microphone: 0, camera: 0 })
  await user.click(screen.getByRole('button', { name: 'Join to listen' }))
  expect(room.local.microphone.wanted.get()).toBe(false)
  expect(room.local.camera.wanted.get()).toBe(false)
})

test('without any device one can still join, and is told why and what to do', async () => {
  const devices = new FakeDevices({ list: { camera: [], microphone: [] } })
  devices.failures.camera = new SeameetError('device/not-found', 'none')
  devices.failures.microphone = new SeameetError('device/not-found', 'none')
  const room = createFakeRoom({ devices })
  const { user } = renderApp(room)
  const notice = await screen.findByTestId('device-notice')
  expect(notice.dataset.cause).toBe('not-found')
  expect(notice.textContent).toContain('No camera and microphone found')
  expect(await axeFaults()).toEqual([])
  await user.click(screen.getByRole('button', { name: 'Join to listen' }))
  expect(room.connects).toHaveLength(1)
  expect(room.local.camera.wanted.get()).toBe(false)
})

test('a denied camera is explained, and trying again brings the picture', async () => {
  const devices = new FakeDevices()
  devices.failures.camera = new SeameetError('device/denied', 'denied')
  const { user } = renderApp(createFakeRoom({ devices }))
  const notice = await screen.findByTestId('device-notice')
  expect(notice.textContent).toContain('Your camera is blocked for this page')
  delete devices.failures.camera
  await user.click(screen.getByRole('button', { name: 'Try again' }))
  await waitFor(() => {
    expect(screen.queryByTestId('device-notice')).toBeNull()
  })
  expect(screen.getByTestId('preview').querySelector('video')).not.toBeNull()
})

test('at the start page a new meeting is ready, and its address is taken on joining', async () => {
  const room = createFakeRoom()
  const { user } = renderApp(room, { path: '/' })
  const name = screen.getByTestId('room-name').textContent
  expect(name).toMatch(/^[2-9b-z]{4}(-[2-9b-z]{4}){4}$/)
  expect(await axeFaults()).toEqual([])
  await user.click(screen.getByRole('button', { name: 'Start meeting' }))
  expect(room.connects[0]?.roomId).toBe(name)
  expect(location.pathname).toBe(`/r/${name}`)
})

test('a pasted link leads to its meeting, and what is none is refused with a reason', async () => {
  const room = createFakeRoom()
  const { user } = renderApp(room, { path: '/' })
  await user.click(screen.getByRole('button', { name: 'I have a link' }))
  const field = screen.getByLabelText('Meeting link or name')
  await user.type(field, 'not a meeting')
  expect(field.getAttribute('aria-invalid')).toBe('true')
  expect(screen.getByTestId<HTMLButtonElement>('join-button').disabled).toBe(true)
  await user.clear(field)
  await user.type(field, 'https://meet.example/r/team-7')
  await user.click(screen.getByTestId('join-button'))
  expect(room.connects[0]?.roomId).toBe('team-7')
})

test('the name is remembered for the next visit', async () => {
  const { user, unmount } = renderApp(createFakeRoom())
  await user.type(screen.getByLabelText('Your name'), 'Ana')
  unmount()
  renderApp(createFakeRoom())
  expect(screen.getByLabelText<HTMLInputElement>('Your name').value).toBe('Ana')
})
