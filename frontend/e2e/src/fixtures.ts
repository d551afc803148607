/* eslint-disable no-empty-pattern -- Playwright reads the fixtures' names from the pattern of the first argument. */
import { test as base, expect } from '@playwright/test'
import { type Identity, type JoinOptions, type LaunchOptions, Person } from './person.ts'
import { Server } from './server.ts'

interface Fixtures {
  /** A fresh server that is open to everybody. */
  server: Server
  /** A room name that no other test uses. */
  room: string
  /** Opens a browser without joining. */
  open: (identity: Identity, options?: LaunchOptions) => Promise<Person>
  /** Opens a browser and joins the room. */
  enter: (identity: Identity, options?: JoinOptions & LaunchOptions) => Promise<Person>
}

export const test = base.extend<Fixtures>({
  server: async ({}, use) => {
    const server = await Server.start()
    await use(server)
    await server.stop()
  },
  room: async ({}, use, info) => {
    await use(`e2e-${info.testId}`)
  },
  open: async ({}, use) => {
    const opened: Person[] = []
    await use(async (identity, options) => {
      const person = await Person.launch(identity, options)
      opened.push(person)
      return person
    })
    await Promise.all(opened.map((person) => person.close()))
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
