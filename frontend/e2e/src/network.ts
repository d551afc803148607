import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { Door } from './door.ts'

const path = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`
let made = 0

/** What a line does to packets. */
export interface Line {
  /** Kilobits per second towards the browser. */
  readonly down?: number
  /** The share of UDP packets that get lost in each direction, 0 to 1. */
  readonly loss?: number
  /** Whether a firewall stops all UDP. */
  readonly noUdp?: boolean
}

/**
 * A network namespace that a browser can live in, one cable away from this machine. The kernel makes its line narrow or
 * lossy, so what the browser meets is a bad network and no imitation of one.
 */
export class Network {
  /** This machine's end of the cable, which servers listen on. */
  readonly address: string
  readonly #name: string
  readonly #folder: string

  private constructor(name: string, address: string) {
    this.#name = name
    this.address = address
    this.#folder = mkdtempSync(join(tmpdir(), 'seameet-network-'))
  }

  /** Why no such network can be made here, or null. */
  static missing(): string | null {
    const name = `sm-probe-${process.pid}`
    try {
      for (const program of ['tc', 'iptables']) run('sh', '-c', `command -v ${program}`)
      run('ip', 'netns', 'add', name)
      run('ip', 'netns', 'delete', name)
      return null
    } catch (error) {
      return `needs root, network namespaces, ip, tc and iptables: ${String(error).split('\n')[0] ?? ''}`
    }
  }

  static make(): Network {
    // Names and addresses that parallel workers and runs do not share.
    const number = (process.pid * 8 + made++) % 16_384
    const name = `sm${number}`
    const net = `10.${200 + (number >> 12)}.${(number >> 4) & 255}.${(number & 15) * 16}`.split('.')
    const end = (last: number): string => [...net.slice(0, 3), Number(net[3]) + last].join('.')
    run('ip', 'netns', 'add', name)
    const network = new Network(name, end(1))
    try {
      run('ip', 'link', 'add', `${name}h`, 'type', 'veth', 'peer', 'name', 'line', 'netns', name)
      run('ip', 'address', 'add', `${end(1)}/28`, 'dev', `${name}h`)
      run('ip', 'link', 'set', `${name}h`, 'up')
      network.#inside('ip', 'link', 'set', 'lo', 'up')
      network.#inside('ip', 'address', 'add', `${end(2)}/28`, 'dev', 'line')
      network.#inside('ip', 'link', 'set', 'line', 'up')
    } catch (error) {
      network.remove()
      throw error
    }
    return network
  }

  /** Makes the line so; what is not named is perfect again. */
  become({ down, loss = 0, noUdp = false }: Line): void {
    const device = `${this.#name}h`
    if (down === undefined) attempt('tc', 'qdisc', 'delete', 'dev', device, 'root')
    else run('tc', 'qdisc', 'replace', 'dev', device, 'root', 'tbf', 'rate', `${down}kbit`, 'burst', '5kb', 'latency', '250ms')
    this.#inside('iptables', '-F')
    for (const chain of ['INPUT', 'OUTPUT']) {
      const udp = ['iptables', '-A', chain, '-p', 'udp'] as const
      if (noUdp) this.#inside(...udp, '-j', 'DROP')
      else if (loss > 0) this.#inside(...udp, '-m', 'statistic', '--mode', 'random', '--probability', String(loss), '-j', 'DROP')
    }
  }

  /** A program that starts another one inside, with the command line that it gets. */
  starter(program: string): string {
    const file = join(this.#folder, basename(program))
    writeFileSync(file, `#!/bin/sh\nexec env PATH="${path}" ip netns exec ${this.#name} '${program}' "$@"\n`)
    chmodSync(file, 0o755)
    return file
  }

  /** Lets this machine reach a port of the loopback inside. */
  door(): Promise<Door> {
    return Door.open(['env', `PATH=${path}`, 'ip', 'netns', 'exec', this.#name])
  }

  remove(): void {
    attempt('ip', 'link', 'delete', `${this.#name}h`)
    attempt('ip', 'netns', 'delete', this.#name)
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #inside(...command: readonly string[]): void {
    run('ip', 'netns', 'exec', this.#name, ...command)
  }
}

function run(program: string, ...args: readonly string[]): void {
  execFileSync(program, args, { env: { ...process.env, PATH: path }, stdio: ['ignore', 'ignore', 'pipe'] })
}

/** For what may be gone already. */
function attempt(program: string, ...args: readonly string[]): void {
  try {
    run(program, ...args)
  } catch {
    // It was not there.
  }
}
