/* eslint-disable no-empty-pattern -- Playwright reads the fixtures' names from the pattern of the first argument. */
import { test as base, expect } from '@playwright/test'
import type { BrowserKind } from './browsers.ts'
import { tiny } from './media-files.ts'
import { Network } from './network.ts'
import { type Identity, type JoinOptions, type LaunchOptions, Person } from './person.ts'
import { Server } from './server.ts'

export interface Options {
  /** What people come with: all with the same browser, or by turns with Chromium and Firefox. */
  browsers: BrowserKind | 'mixed'
}

const turns: readonly BrowserKind[] = ['chromium', 'firefox']

/** Firefox paints without help and takes twice what Chromium does; so two processors bear several pages of it. */
const modest: LaunchOptions = { viewport: { width: 560, height: 420 }, picture: tiny }

interface Fixtures {
  /** A fresh server that is open to everybody. */
  server: Server
  /** A room name that no other test uses. */
  room: string
  /** A network that can be made bad; the test is skipped where none can be made. */
  network: Network
  /** Opens a browser without joining. */
  open: (identity: Identity, options?: LaunchOptions) => Promise<Person>
  /** Opens a browser and joins the room. */
  enter: (identity: Identity, options?: JoinOptions & LaunchOptions) => Promise<Person>
  /** Like `enter`, but all who come with Firefox after the first one share a browser, and so the sound they make. */
  crowdIn: (identity: Identity) => Promise<Person>
}

export const test = base.extend<Fixtures & Options>({
  browsers: ['chromium', { option: true }],
  server: async ({}, use) => {
    const server = await Server.start()
    await use(server)
    await server.stop()
  },
  room: async ({}, use, info) => {
    await use(`e2e-${info.testId}`)
  },
  network: async ({}, use, info) => {
    const missing = Network.missing()
    if (missing !== null) process.stderr.write(`\nSKIPPED, NOT TESTED: ${info.title}: ${missing}\n`)
    base.skip(missing !== null, missing ?? '')
    const network = Network.make()
    await use(network)
    network.remove()
  },
  open: async ({ browsers }, use) => {
    const opened: Person[] = []
    await use(async (identity, options) => {
      const next = browsers === 'mixed' ? turns[opened.length % turns.length] : browsers
      const person = await Person.launch(options?.kind ?? next ?? 'chromium', identity, options)
      opened.push(person)
      return person
    })
    await Promise.all(opened.map((person) => person.close()))
  },
  crowdIn: async ({ server, room, open, browsers }, use) => {
    let came = 0
    let host: Person | undefined
    await use(async (identity) => {
      const kind = (browsers === 'mixed' ? turns[came % turns.length] : browsers) ?? 'chromium'
      const isGuest = kind === 'firefox' && came > 0
      came += 1
      const person = isGuest && host ? await host.neighbour(identity, modest) : await open(identity, { kind, ...(kind === 'firefox' && modest) })
      if (isGuest) host ??= person
      await person.join(server.roomUrl(room))
      return person
    })
  },
  enter: async ({ server, room, open }, use) => {
    await use(async (identity, options = {}) => {
      const person = await open(identity, options)
      await person.join(server.roomUrl(room), options)
      return person
    })
  },
})

export { expect }
