import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where `npm run dev` finds the server; the same variable moves both. */
const server = process.env.SEAMEET_DEV_SERVER ?? 'http://localhost:8080'

export default defineConfig({
  plugins: [react()],
  build: {
    target: ['es2022', 'chrome111', 'firefox114', 'safari16.4'],
    // A font or picture written into the stylesheet as `data:` would be refused by the server's content policy.
    assetsInlineLimit: 0,
  },
  server: {
    proxy: { '/ws': { target: server, ws: true }, '/whip': server, '/whep': server, '/api': server },
  },
})
