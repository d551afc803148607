import type { Connection, Room } from '@seameet/client'
import { RoomProvider, useStore } from '@seameet/react'
import { useEffect, useState } from 'react'
import { EndedPage } from '../features/ending/ended-page.tsx'
import { problemOf } from '../features/ending/problem.ts'
import { ProblemPage } from '../features/ending/problem-page.tsx'
import type { JoinWish } from '../features/lobby/lobby.tsx'
import { Lobby } from '../features/lobby/lobby.tsx'
import type { Messages } from '../i18n/index.tsx'
import { MessagesProvider } from '../i18n/index.tsx'
import { Call } from './call.tsx'
import { joinCall } from './join.ts'
import { goToRoom, useAddressRoom } from './router.ts'
import type { Screen } from './screen.ts'
import { screenOf } from './screen.ts'

interface AppProps {
  /** Made outside of React; it lives as long as the page. */
  readonly room: Room
  readonly messages: Messages
  readonly token: string | undefined
  /** Whether the browser lets this page use camera and microphone. */
  readonly secure: boolean
}

/** The whole app: one page after the other, as the room's connection says. */
export function App({ room, messages, token, secure }: AppProps) {
  return (
    <MessagesProvider messages={messages}>
      <RoomProvider room={room}>
        <Pages room={room} messages={messages} token={token} secure={secure} />
      </RoomProvider>
    </MessagesProvider>
  )
}

function Pages({ room, messages, token, secure }: AppProps) {
  const connection = useStore(room.connection)
  const invited = useAddressRoom()
  const [wish, setWish] = useState<JoinWish | null>(null)
  const [dismissed, setDismissed] = useState<Connection | null>(null)
  const [warned, setWarned] = useState(secure)
  const screen = useScreen(connection, dismissed)
  useTitle(screen, invited, messages)
  useRoomAddress(screen, wish?.room)

  const busy = connection.state === 'connecting'
  const join = (next: JoinWish) => {
    if (busy) return
    setWish(next)
    joinCall(room, next, token)
  }
  const rejoin = () => {
    if (wish !== null) join(wish)
  }
  const leave = () => void room.leave()
  const toLobby = () => {
    setDismissed(connection)
  }
  if (!warned) {
    const confirm = () => {
      setWarned(true)
    }
    return <ProblemPage problem="insecure" code={undefined} message={null} busy={false} onRetry={confirm} onLobby={confirm} />
  }
  switch (screen) {
    case 'call':
      return <Call onLeave={leave} />
    case 'ended':
      return <EndedPage connection={connection} busy={busy} onRejoin={rejoin} onLobby={toLobby} />
    case 'problem':
      return (
        <ProblemPage
          problem={problemOf(connection.error?.code)}
          code={connection.error?.code}
          message={connection.message}
          busy={busy}
          onRetry={rejoin}
          onLobby={toLobby}
        />
      )
    case 'lobby':
      return <Lobby key={invited} devices={room.devices} invited={invited} busy={busy} onJoin={join} onCancel={leave} />
  }
}

/** Remembers the page before, so that a page that asks to join stays while joining. */
function useScreen(connection: Connection, dismissed: Connection | null): Screen {
  const [last, setLast] = useState<Screen>('lobby')
  const screen = screenOf(connection, dismissed, last)
  if (screen !== last) setLast(screen)
  return screen
}

/** Puts the room into the address bar once one is in it, so that loading the page again leads back. */
function useRoomAddress(screen: Screen, room: string | undefined): void {
  useEffect(() => {
    if (screen === 'call' && room !== undefined) goToRoom(room)
  }, [screen, room])
}

/** Names the page in the tab, and for those who hear it. */
function useTitle(screen: Screen, room: string | undefined, { app, lobby }: Messages): void {
  useEffect(() => {
    const place = screen === 'call' && room !== undefined ? room : lobby.room
    document.title = `${place} · ${app.name}`
  }, [screen, room, app, lobby])
}
