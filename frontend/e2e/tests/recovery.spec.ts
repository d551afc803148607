import { expect, test } from '../src/fixtures.ts'
import { people } from '../src/person.ts'

const { alice, bob, carol } = people
const everybody = Object.values(people)

test('a dropped WebSocket resumes the same participant while media goes on', async ({ server, room, open }) => {
  test.setTimeout(120_000)
  const a = await open(alice)
  const b = await open(bob)
  // The page's socket goes through the test, which can cut it.
  const sockets: { close: () => Promise<void> }[] = []
  let cut = false
  await b.page.routeWebSocket(/\/ws$/, (socket) => {
    if (cut) {
      void socket.close()
      return
    }
    socket.connectToServer()
    sockets.push(socket)
  })
  await a.join(server.roomUrl(room))
  await b.join(server.roomUrl(room))
  await a.sees(bob)
  await b.sees(alice)
  const before = await a.tile(bob).getAttribute('data-participant')
  cut = true
  await Promise.all(sockets.map((socket) => socket.close()))
  await expect(b.page.getByTestId('connection-banner')).toBeVisible()
  await a.sees(bob)
  await b.sees(alice)
  cut = false
  await expect(b.page.getByTestId('connection-banner')).toBeHidden({ timeout: 30_000 })
  expect(await a.tile(bob).getAttribute('data-participant')).toBe(before)
  await a.say('welcome back')
  await b.page.getByTestId('chat-button').click()
  await expect(b.page.getByText('welcome back')).toBeVisible()
  await a.sees(bob)
  await b.sees(alice)
})

test('who leaves while the connection is broken is gone once it could be told', async ({ server, room, open, enter }) => {
  const a = await enter(alice)
  const b = await open(bob)
  const sockets: { close: () => Promise<void> }[] = []
  let cut = false
  await b.page.routeWebSocket(/\/ws$/, (socket) => {
    if (cut) {
      void socket.close()
      return
    }
    socket.connectToServer()
    sockets.push(socket)
  })
  await b.join(server.roomUrl(room))
  await a.sees(bob)
  cut = true
  await Promise.all(sockets.map((socket) => socket.close()))
  await expect(b.page.getByTestId('connection-banner')).toBeVisible()
  await b.leave()
  await expect(a.tile(bob)).toHaveCount(1)
  cut = false
  // The server would wait for somebody who is lost for twice as long.
  await expect(a.tile(bob)).toHaveCount(0, { timeout: 10_000 })
})

test('after a server restart everybody is back without a click, and mute is kept', async ({ server, enter }) => {
  test.setTimeout(150_000)
  const a = await enter(alice)
  const b = await enter(bob)
  await a.sees(bob)
  await b.sees(alice)
  await b.setMicrophone(false)
  await server.stop('SIGKILL')
  await expect(a.page.getByTestId('connection-banner')).toBeVisible({ timeout: 30_000 })
  await server.startAgain()
  await expect(a.page.getByTestId('connection-banner')).toBeHidden({ timeout: 60_000 })
  await expect(b.page.getByTestId('connection-banner')).toBeHidden({ timeout: 60_000 })
  await a.sees(bob)
  await b.sees(alice)
  await b.hears(everybody, [alice])
  await a.hears(everybody, [])
  await expect(a.tile(bob)).toHaveAttribute('data-audio-muted', 'true')
})

test('an orderly end tells everybody', async ({ server, enter }) => {
  const a = await enter(alice)
  await expect(a.page.getByTestId('leave-button')).toBeVisible()
  expect(await server.stop('SIGTERM')).toBe(0)
})

test('the network of one participant dies: nobody else notices, and it comes back', async ({ server, room, open, enter }) => {
  test.setTimeout(180_000)
  const a = await enter(alice)
  // Only Chromium can be told to lose packets.
  const b = await open(bob, { kind: 'chromium' })
  const network = await b.context.newCDPSession(b.page)
  const line = async (down: boolean): Promise<void> => {
    await network.send('Network.emulateNetworkConditions', {
      offline: down,
      // Chromium touches WebRTC only when a delay was set before the peer connection was made.
      latency: 20,
      downloadThroughput: -1,
      uploadThroughput: -1,
      packetLoss: down ? 100 : 0,
    })
  }
  await network.send('Network.enable')
  await line(false)
  await b.join(server.roomUrl(room))
  const c = await enter(carol)
  await a.sees(bob)
  await b.sees(alice)
  await line(true)
  await expect(b.page.getByTestId('connection-banner')).toBeVisible({ timeout: 20_000 })
  await a.sees(carol)
  await c.sees(alice)
  await line(false)
  await expect(b.page.getByTestId('connection-banner')).toBeHidden({ timeout: 60_000 })
  await b.sees(alice)
  await a.sees(bob)
  await a.sees(carol)
})
