import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { networkInterfaces } from 'node:os'
import { fileURLToPath } from 'node:url'

const program = process.env.SEAMEET_SERVER ?? fileURLToPath(new URL('../../../target/debug/seameet', import.meta.url))
const page = fileURLToPath(new URL('../../apps/meet/dist', import.meta.url))

interface Ports {
  readonly http: number
  readonly udp: number
}

const loopback = '127.0.0.1'
/** Every address of this machine. */
export const everywhere = '0.0.0.0'
/** This machine's address in its network, where it has one: Firefox sends no media to the loopback. */
export const ownAddress =
  Object.values(networkInterfaces())
    .flat()
    .find((own) => own?.family === 'IPv4' && !own.internal)?.address ?? loopback

/** A running server program. */
export class Server {
  readonly #address: string
  readonly #arguments: readonly string[]
  #child: ChildProcess
  #ports: Ports

  private constructor(address: string, args: readonly string[], child: ChildProcess, ports: Ports) {
    this.#address = address
    this.#arguments = args
    this.#child = child
    this.#ports = ports
  }

  /** Starts on free ports, open to everybody unless `args` say otherwise. Pages come from `address`. */
  static async start(args: readonly string[] = ['--dev'], address = loopback): Promise<Server> {
    const { child, ports } = await launch(address, args, { http: 0, udp: 0 })
    return new Server(address, args, child, ports)
  }

  get url(): string {
    const isHere = [loopback, everywhere].includes(this.#address)
    return `http://${isHere ? 'localhost' : this.#address}:${this.#ports.http}`
  }

  get udpPort(): number {
    return this.#ports.udp
  }

  roomUrl(room: string): string {
    return `${this.url}/r/${room}`
  }

  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text()
    const lines = text.split('\n').filter((line) => line.startsWith(name) && !line.startsWith('#'))
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
  }

  /** Ends the program as an operator would. Returns its exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode
    const exited = once(this.#child, 'exit')
    this.#child.kill(signal)
    await exited
    return this.#child.exitCode
  }

  /** The same server again on the same ports, as after a crash or an update. */
  async startAgain(): Promise<void> {
    const { child, ports } = await launch(this.#address, this.#arguments, this.#ports)
    this.#child = child
    this.#ports = ports
  }
}

async function launch(address: string, args: readonly string[], wished: Ports): Promise<{ child: ChildProcess; ports: Ports }> {
  const all = [
    'serve',
    '--ws-addr',
    `${address}:${wished.http}`,
    '--udp-port',
    String(wished.udp),
    '--static-dir',
    page,
    ...args,
  ]
  const child = spawn(program, all, { stdio: ['ignore', 'pipe', 'pipe'] })
  let told = ''
  const ports = await new Promise<Ports>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      told += chunk.toString()
      const found = /listens on http:\/\/\S+?:(\d+) \(media on UDP (\d+)/.exec(told)
      if (found) resolve({ http: Number(found[1]), udp: Number(found[2]) })
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('error', reject)
    child.once('exit', (code) => {
      reject(new Error(`the server ended with ${code}:\n${told}`))
    })
  })
  return { child, ports }
}
