import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A colour as the fake camera shows it and as a decoded frame must look. */
export interface Colour {
  readonly name: string
  /** Luma and chroma, BT.601 limited range. */
  readonly yuv: readonly [number, number, number]
  readonly rgb: readonly [number, number, number]
}

export const colours = {
  red: { name: 'red', yuv: [81, 90, 240], rgb: [254, 0, 0] },
  green: { name: 'green', yuv: [145, 54, 34], rgb: [0, 255, 1] },
  blue: { name: 'blue', yuv: [41, 240, 110], rgb: [0, 0, 255] },
  yellow: { name: 'yellow', yuv: [210, 16, 146], rgb: [255, 255, 0] },
  magenta: { name: 'magenta', yuv: [107, 202, 222], rgb: [255, 0, 255] },
} as const satisfies Record<string, Colour>

const width = 320
const height = 240
const framesPerSecond = 15
const sampleRate = 48_000

/** A camera file: one colour with a white bar at the top that moves, so that a frozen picture can be told. */
export function cameraFile(colour: Colour): string {
  const parts: Buffer[] = [Buffer.from(`YUV4MPEG2 W${width} H${height} F${framesPerSecond}:1 Ip A1:1 C420jpeg\n`)]
  for (let frame = 0; frame < framesPerSecond; frame++) {
    const luma = Buffer.alloc(width * height, colour.yuv[0])
    const left = Math.floor((frame * (width - 40)) / framesPerSecond)
    for (let row = 0; row < 24; row++) luma.fill(235, row * width + left, row * width + left + 40)
    const chroma = (width / 2) * (height / 2)
    parts.push(Buffer.from('FRAME\n'), luma, Buffer.alloc(chroma, colour.yuv[1]), Buffer.alloc(chroma, colour.yuv[2]))
  }
  return store(`${colour.name}.y4m`, Buffer.concat(parts))
}

/** A microphone file: a steady tone of a whole number of periods, so that it loops without a click. */
export function microphoneFile(hertz: number): string {
  const samples = sampleRate
  const data = Buffer.alloc(samples * 2)
  for (let at = 0; at < samples; at++) {
    data.writeInt16LE(Math.round(9_000 * Math.sin((2 * Math.PI * hertz * at) / sampleRate)), at * 2)
  }
  const header = Buffer.alloc(44)
  header.write('RIFF', 0)
  header.writeUInt32LE(36 + data.length, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(sampleRate, 24)
  header.writeUInt32LE(sampleRate * 2, 28)
  header.writeUInt16LE(2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36)
  header.writeUInt32LE(data.length, 40)
  return store(`${hertz}.wav`, Buffer.concat([header, data]))
}

let folder: string | undefined

function store(name: string, content: Buffer): string {
  folder ??= mkdtempSync(join(tmpdir(), 'seameet-e2e-'))
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}
