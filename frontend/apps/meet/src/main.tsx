// The stylesheet comes first: it says in which order the layers of all the others count.
import './styles/index.css'
import { createRoom } from '@seameet/client'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/app.tsx'
import { takeToken } from './app/router.ts'
import { pickMessages } from './i18n/index.tsx'
import { applyTheme } from './lib/preferences.ts'

// One room for the life of the page, made outside of React: no render can lose or double it.
const room = createRoom()
const token = takeToken()
applyTheme()

// A call that is left by closing the tab tells the others at once instead of letting them wait for a timeout.
addEventListener('pagehide', () => void room.leave())

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has lost its #root')
createRoot(root).render(
  <StrictMode>
    <App room={room} messages={pickMessages(navigator.languages)} token={token} secure={window.isSecureContext} />
  </StrictMode>,
)
