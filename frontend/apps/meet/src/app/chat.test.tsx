import { SeameetError } from '@seameet/client'
import { createFakeRoom } from '@seameet/client/testing'
import { act, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { axeFaults, renderApp } from '../test/render-app.tsx'

test('opening the chat moves the focus into it, closing gives it back', async () => {
  const { user } = renderApp(createFakeRoom({ connected: true }))
  await user.click(screen.getByTestId('chat-button'))
  expect(document.activeElement).toBe(screen.getByTestId('chat-input'))
  expect(await axeFaults()).toEqual([])
  await user.keyboard('{Escape}')
  expect(screen.queryByTestId('chat-panel')).toBeNull()
  expect(document.activeElement).toBe(screen.getByTestId('chat-button'))
})

test('Enter sends, Shift and Enter begins a line, and nothing is sent for nothing', async () => {
  const room = createFakeRoom({ connected: true })
  const { user } = renderApp(room)
  await user.click(screen.getByTestId('chat-button'))
  await user.keyboard('{Enter}   {Enter}')
  expect(room.messages.get()).toEqual([])
  await user.keyboard('one{Shift>}{Enter}{/Shift}two{Enter}')
  expect(room.messages.get().map((message) => message.text)).toEqual(['one\ntwo'])
  expect(screen.getByTestId<HTMLTextAreaElement>('chat-input').value).toBe('')
})

test('messages that come while the chat is closed are counted on its button', async () => {
  const room = createFakeRoom({ connected: true })
  const ana = room.addParticipant({ name: 'Ana' })
  room.receiveChat(ana, 'before you came')
  const { user } = renderApp(room)
  expect(screen.queryByTestId('unread-badge')).toBeNull()
  act(() => {
    room.receiveChat(ana, 'first')
    room.receiveChat(ana, 'second')
  })
  expect(screen.getByTestId('unread-badge').textContent).toBe('2')
  await user.click(screen.getByRole('button', { name: 'Open chat, 2 new messages' }))
  expect(screen.queryByTestId('unread-badge')).toBeNull()
  await user.click(screen.getByTestId('chat-button'))
  expect(screen.queryByTestId('unread-badge')).toBeNull()
})

test('only web addresses are links, and they do not tell where they were clicked', async () => {
  const room = createFakeRoom({ connected: true })
  const ana = room.addParticipant({ name: 'Ana' })
  room.receiveChat(ana, 'https://example.org/plan and javascript:alert(1) <img src=x>')
  const { user } = renderApp(room)
  await user.click(screen.getByTestId('chat-button'))
  const links = screen.getByTestId('chat-panel').querySelectorAll('a')
  expect([...links].map((link) => link.href)).toEqual(['https://example.org/plan'])
  expect(links[0]?.rel).toContain('noopener')
  expect(links[0]?.rel).toContain('noreferrer')
  expect(screen.getByTestId('chat-panel').querySelector('img')).toBeNull()
})

test('a refused message comes back into the field with a word about it', async () => {
  const room = createFakeRoom({ connected: true })
  room.chat.send = () => Promise.reject(new SeameetError('policy/rate-limited', 'slow down'))
  const { user } = renderApp(room)
  await user.click(screen.getByTestId('chat-button'))
  await user.keyboard('hello{Enter}')
  expect((await screen.findByText(/could not be sent/)).getAttribute('role')).toBe('alert')
  expect(screen.getByTestId<HTMLTextAreaElement>('chat-input').value).toBe('hello')
})

test('a text over the limit says so before it is sent', async () => {
  const room = createFakeRoom({ connected: true })
  room.maxLength.set(5)
  const { user } = renderApp(room)
  await user.click(screen.getByTestId('chat-button'))
  await user.keyboard('123456{Enter}')
  expect(room.messages.get()).toEqual([])
  expect(screen.getByText(/up to 5 characters/).getAttribute('role')).toBe('alert')
})
