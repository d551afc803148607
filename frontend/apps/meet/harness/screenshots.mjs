// Photographs every scene of the harness at phone and desktop size, light and dark, and reports what axe finds.
//   node harness/screenshots.mjs [output folder] [scene …]
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { chromium } from 'playwright-core'
import { createServer } from 'vite'

const folder = resolve(process.argv[2] ?? join(tmpdir(), 'seameet-screenshots'))
const wanted = process.argv.slice(3)
const SIZES = [
  { name: 'desktop', width: 1440, height: 900 },
  { name: 'phone', width: 390, height: 844 },
]
// Not for showing to people, but the page must hold: the narrowest phone, and a phone on its side.
if (process.env.SEAMEET_ALL_SIZES !== undefined) {
  SIZES.push({ name: 'narrow', width: 320, height: 568 }, { name: 'side', width: 844, height: 390 })
}
const require = createRequire(import.meta.url)

mkdirSync(folder, { recursive: true })
const server = await createServer({
  root: resolve(import.meta.dirname, '..'),
  logLevel: 'error',
  // Somebody may be editing: a reload in the middle of a picture would show another page.
  server: { port: 0, hmr: false, watch: null },
})
await server.listen()
const address = server.httpServer?.address()
const base = `http://localhost:${typeof address === 'object' && address !== null ? address.port : 5173}`
const { SCENES } = await server.ssrLoadModule('/harness/scenes.ts')
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
})
let faults = 0
await warmUp()
try {
  for (const scene of Object.keys(SCENES)) {
    if (wanted.length > 0 && !wanted.includes(scene)) continue
    for (const size of SIZES) for (const colorScheme of ['light', 'dark']) await photograph(scene, size, colorScheme)
  }
} finally {
  await browser.close()
  await server.close()
}
process.exitCode = faults === 0 ? 0 : 1

/** The first visit makes the server prepare its modules and reload the page; no picture must be taken of that. */
async function warmUp() {
  const page = await browser.newPage()
  await page.goto(`${base}/harness/index.html?scene=menu`)
  await page.waitForTimeout(6000)
  await page.close()
}

async function photograph(scene, size, colorScheme) {
  const context = await browser.newContext({ viewport: size, colorScheme, deviceScaleFactor: 1 })
  const page = await context.newPage()
  const label = `${scene}-${size.name}-${colorScheme}`
  page.on('pageerror', (error) => report(label, `page error: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') report(label, `console: ${message.text()}`)
  })
  await page.goto(`${base}/harness/index.html?scene=${scene}`)
  await page.waitForSelector('html[data-ready]', { timeout: 20_000 })
  await page.waitForTimeout(900)
  await page.screenshot({ path: join(folder, `${label}.png`) })
  await page.addScriptTag({ path: require.resolve('axe-core/axe.min.js') })
  const { violations } = await page.evaluate(() => globalThis.axe.run(globalThis.document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] }))
  for (const { id, help, nodes } of violations) report(label, `axe ${id}: ${help} (${nodes.map((n) => n.target).join('; ')})`)
  const wide = await page.evaluate(() => globalThis.document.documentElement.scrollWidth > globalThis.innerWidth)
  // The server's policy refuses `<style>` elements that a script adds; those of the development server are marked.
  const styles = await page.evaluate(() => globalThis.document.querySelectorAll('style:not([data-vite-dev-id])').length)
  if (styles > 0) report(label, `${styles} style elements were added by a script`)
  if (wide) report(label, 'the page is wider than the window')
  await context.close()
}

function report(label, text) {
  faults += 1
  console.log(`${label}: ${text}`)
}
