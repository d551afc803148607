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

/** Width and height of a picture. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** What a camera gives. */
export interface Camera extends Size {
  /** A fine grain that changes with every frame and leaves encoders no way to save: they use all bits they may. */
  readonly grain?: boolean
  /** Fifteen otherwise. Only cameras that pages draw can have another rate. */
  readonly framesPerSecond?: number
}

/** Enough to tell a colour, and cheap to encode. */
export const small: Camera = { width: 320, height: 240 }

/** The least that a colour can be told from, for pages that share two processors with many others. */
export const tiny: Camera = { width: 160, height: 120, framesPerSecond: 8 }

/** Large enough for three sizes of simulcast, and as many bits as they may have. */
export const rich: Camera = { width: 960, height: 540, grain: true }

const framesPerSecond = 15
const sampleRate = 48_000

/** A camera file: one colour with a white bar at the top that moves, so that a frozen picture can be told. */
export function cameraFile(colour: Colour, { width, height, grain = false }: Camera = small): string {
  const bar = { width: width / 8, height: height / 10 }
  const parts: Buffer[] = [Buffer.from(`YUV4MPEG2 W${width} H${height} F${framesPerSecond}:1 Ip A1:1 C420jpeg\n`)]
  for (let frame = 0; frame < framesPerSecond; frame++) {
    const luma = Buffer.alloc(width * height, colour.yuv[0])
    if (grain) addGrain(luma, width, frame)
    const left = Math.floor((frame * (width - bar.width)) / framesPerSecond)
    for (let row = 0; row < bar.height; row++) luma.fill(235, row * width + left, row * width + left + bar.width)
    const chroma = (width / 2) * (height / 2)
    parts.push(Buffer.from('FRAME\n'), luma, Buffer.alloc(chroma, colour.yuv[1]), Buffer.alloc(chroma, colour.yuv[2]))
  }
  return store(`${colour.name}-${width}x${height}${grain ? '-grain' : ''}.y4m`, Buffer.concat(parts))
}

/** Squares of four by four, a little lighter or darker by turns that look random; the mean stays. */
function addGrain(luma: Buffer, width: number, frame: number): void {
  const columns = width / 4
  const squares = Math.floor(luma.length / 16 / columns) * columns
  let state = frame + 1
  for (let square = 0; square < squares; square++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const change = ((state >>> 24) % 25) - 12
    const corner = Math.floor(square / columns) * 4 * width + (square % columns) * 4
    for (let row = 0; row < 4; row++) {
      for (let at = corner + row * width; at < corner + row * width + 4; at++) luma[at] = (luma[at] ?? 0) + change
    }
  }
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
