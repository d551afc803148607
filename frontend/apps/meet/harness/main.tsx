// Shows one state of the app with a fake room: `/harness/?scene=room-5`. Served in development only; the production
// build starts from the other index.html and contains nothing of this folder.
import '../src/styles/index.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from '../src/app/app.tsx'
import { pickMessages } from '../src/i18n/index.tsx'
import { applyTheme, preferences } from '../src/lib/preferences.ts'
import { SCENES } from './scenes.ts'

const query = new URLSearchParams(location.search)
const name = query.get('scene') ?? 'lobby'
const scene = SCENES[name]
const root = document.getElementById('root')
if (scene === undefined || root === null) throw new Error(`no scene called ${name}`)

preferences.name.set('Mara Solberg')
applyTheme()
const room = scene.room()
history.replaceState(null, '', scene.path)
createRoot(root).render(
  <StrictMode>
    <App room={room} messages={pickMessages(['en'])} token={undefined} secure />
  </StrictMode>,
)
setTimeout(() => {
  scene.after?.()
  document.documentElement.dataset.ready = 'true'
}, scene.wait ?? 600)
