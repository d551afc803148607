import { useSyncExternalStore } from 'react'
import { pathOfRoom, readInvite, roomOfPath } from '../lib/invite.ts'

const NAVIGATED = 'seameet:navigated'

/** The room that the address bar names now. */
export function useAddressRoom(): string | undefined {
  return useSyncExternalStore(subscribe, () => roomOfPath(location.pathname))
}

/** Goes to a room's address without loading a page. */
export function goToRoom(room: string): void {
  const path = pathOfRoom(room)
  if (location.pathname === path) return
  history.pushState(null, '', path)
  dispatchEvent(new Event(NAVIGATED))
}

/** Reads the address once, when the page opens, and takes the token out of the address bar and the history. */
export function takeToken(): string | undefined {
  const { token, cleaned } = readInvite(location.href)
  if (cleaned !== undefined) history.replaceState(history.state, '', cleaned)
  return token
}

function subscribe(listener: () => void): () => void {
  addEventListener('popstate', listener)
  addEventListener(NAVIGATED, listener)
  return () => {
    removeEventListener('popstate', listener)
    removeEventListener(NAVIGATED, listener)
  }
}
