import { isRoomName } from './room-name.ts'

/** What the address bar asked for when the page was opened. */
export interface Invite {
  readonly room: string | undefined
  readonly token: string | undefined
  /** The address without secrets, or undefined when there was nothing to remove. */
  readonly cleaned: string | undefined
}

/**
 * Reads an address. A token may stand in the fragment (`/r/room#token=…`, preferred, for it never reaches a server
 * log) or in the query. It is taken out of the address so that copying the link does not hand the token on.
 */
export function readInvite(address: string): Invite {
  const url = new URL(address)
  const fragment = new URLSearchParams(url.hash.slice(1))
  const token = fragment.get('token') ?? url.searchParams.get('token') ?? undefined
  const carriesToken = fragment.has('token') || url.searchParams.has('token')
  fragment.delete('token')
  url.searchParams.delete('token')
  url.hash = fragment.toString()
  return {
    room: roomOfPath(url.pathname),
    token: token === '' ? undefined : token,
    cleaned: carriesToken ? url.pathname + url.search + url.hash : undefined,
  }
}

/** The room named by `/r/<room>`, or undefined for any other path and for names the server would refuse. */
export function roomOfPath(pathname: string): string | undefined {
  const encoded = /^\/r\/([^/]+)\/?$/.exec(pathname)?.[1]
  if (encoded === undefined) return undefined
  const room = decode(encoded)
  return room !== undefined && isRoomName(room) ? room : undefined
}

/** The path of a room's page. */
export function pathOfRoom(room: string): string {
  return `/r/${encodeURIComponent(room)}`
}

/** The link to hand to others: never with a token. */
export function inviteLink(origin: string, room: string): string {
  return origin + pathOfRoom(room)
}

/** What a person may paste into the join field: a whole link, or only the room's name. */
export function roomFromInput(text: string): string | undefined {
  const trimmed = text.trim()
  if (isRoomName(trimmed)) return trimmed
  try {
    return roomOfPath(new URL(trimmed.includes('://') ? trimmed : `https://${trimmed}`).pathname)
  } catch {
    return undefined
  }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
