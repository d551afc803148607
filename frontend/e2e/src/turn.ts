import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ownAddress } from './server.ts'

const path = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`

const secret = 'the-secret-of-this-test'
// Browsers take no relay on the loopback.
const address = ownAddress

/** Debian's coturn, which takes the time-limited credentials that our server signs. */
export class TurnServer {
  readonly url: string
  readonly secret = secret
  readonly #child: ChildProcess
  readonly #folder: string

  private constructor(url: string, child: ChildProcess, folder: string) {
    this.url = url
    this.#child = child
    this.#folder = folder
  }

  /** Why there is none here, or null. */
  static missing(): string | null {
    try {
      execFileSync('sh', ['-c', 'command -v turnserver'], { env: { ...process.env, PATH: path }, stdio: 'ignore' })
      return null
    } catch {
      return 'needs coturn: sudo apt-get install coturn'
    }
  }

  static async start(): Promise<TurnServer> {
    const port = await freePort()
    const folder = mkdtempSync(join(tmpdir(), 'seameet-turn-'))
    const server = new TurnServer(`turn:${address}:${port}?transport=udp`, spawnCoturn(port, folder), folder)
    await server.#answers(port)
    return server
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exited = once(this.#child, 'exit')
      this.#child.kill('SIGKILL')
      await exited
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** Waits until a binding request is answered. */
  async #answers(port: number): Promise<void> {
    const socket = createSocket('udp4')
    const answered = once(socket, 'message')
    const request = Buffer.concat([Buffer.from('000100002112a442', 'hex'), Buffer.from('seameet-turn')])
    const timer = setInterval(() => {
      socket.send(request, port, address)
    }, 100)
    const failed = once(this.#child, 'exit').then(() => {
      throw new Error('coturn ended at once')
    })
    try {
      await Promise.race([answered, failed])
    } finally {
      clearInterval(timer)
      socket.close()
    }
  }
}

function spawnCoturn(port: number, folder: string): ChildProcess {
  const options = [
    '-n',
    '--use-auth-secret',
    `--static-auth-secret=${secret}`,
    '--realm=seameet.test',
    `--listening-ip=${address}`,
    `--relay-ip=${address}`,
    '--allow-loopback-peers',
    `--listening-port=${port}`,
    '--no-tls',
    '--no-dtls',
    '--no-cli',
    `--pidfile=${join(folder, 'pid')}`,
    `--userdb=${join(folder, 'db')}`,
    `--log-file=${join(folder, 'log')}`,
    '--simple-log',
  ]
  return spawn('turnserver', options, { env: { ...process.env, PATH: path }, stdio: 'ignore' })
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4')
  socket.bind(0, address)
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  return port
}
