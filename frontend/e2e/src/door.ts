import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net'

/** Run inside: joins its standard streams to a port of the loopback. */
const inner = `
  const socket = require('node:net').connect(Number(process.argv[1]), '127.0.0.1')
  process.stdin.pipe(socket)
  socket.pipe(process.stdout)
  socket.on('error', () => process.exit(1))
  socket.on('close', () => process.exit(0))
`

/**
 * A port of this machine's loopback that leads to the same port of the loopback inside a network namespace. What passes
 * goes through pipes, which no network's state touches.
 */
export class Door {
  readonly port: number
  readonly #listener: Server
  readonly #guests = new Set<Socket>()

  private constructor(listener: Server) {
    this.#listener = listener
    this.port = (listener.address() as AddressInfo).port
  }

  /** `enter` is the command that runs another one inside. */
  static async open(enter: readonly [string, ...string[]]): Promise<Door> {
    const listener = createServer()
    listener.listen(0, '127.0.0.1')
    await once(listener, 'listening')
    const door = new Door(listener)
    listener.on('connection', (guest) => {
      door.#lead(guest, enter)
    })
    return door
  }

  close(): void {
    this.#listener.close()
    for (const guest of this.#guests) guest.destroy()
  }

  #lead(guest: Socket, [program, ...args]: readonly [string, ...string[]]): void {
    const inside = spawn(program, [...args, process.execPath, '-e', inner, String(this.port)], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#guests.add(guest)
    guest.pipe(inside.stdin)
    inside.stdout.pipe(guest)
    // Either side may end first, as browsers do when they are killed.
    for (const stream of [guest, inside.stdin, inside.stdout]) stream.on('error', () => guest.destroy())
    guest.on('close', () => {
      this.#guests.delete(guest)
      inside.kill()
    })
  }
}
