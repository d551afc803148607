/** A drawn person in a drawn room: something face-shaped to judge a layout by, without anybody's picture. */
export function portraitTrack(seed: number, width = 960, height = 600): MediaStreamTrack {
  return animated(width, height, (canvas, tick) => {
    drawPortrait(canvas, width, height, seed, tick)
  })
}

/** A page of text and a chart, as a shared screen shows it. */
export function documentTrack(): MediaStreamTrack {
  return animated(1600, 900, (canvas) => {
    drawDocument(canvas)
  })
}

/** Draws a few times per second, so that the stream keeps delivering frames. */
function animated(width: number, height: number, draw: (canvas: CanvasRenderingContext2D, tick: number) => void) {
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('this browser draws nothing')
  let tick = 0
  draw(context, tick)
  setInterval(() => {
    tick += 1
    draw(context, tick)
  }, 400)
  const track = canvas.captureStream(5).getVideoTracks()[0]
  if (track === undefined) throw new Error('this browser captures no canvas')
  return track
}

const ROOMS = [
  ['#cfd9d3', '#a9bbb2'],
  ['#e5d8c6', '#c3ae92'],
  ['#c3d3de', '#8fa9ba'],
  ['#dcd2dd', '#b09fb5'],
  ['#d5dbc4', '#a6b189'],
  ['#e4cfc8', '#bf9d93'],
] as const
const SKINS = ['#e9bf9f', '#8d5a3c', '#f1cfb4', '#b97f58', '#6f452f', '#dba582'] as const
const HAIRS = ['#3b2a22', '#1d1a1b', '#8a5a31', '#5b5f66', '#b9853f', '#2d2430'] as const
const CLOTHES = ['#2f6f78', '#8a4b3a', '#45557d', '#5f6b3c', '#7a4a67', '#394a52'] as const

/** Different strides, so that rooms, clothes, skin and hair do not change together. */
const STEPS = [1, 5, 7, 11] as const

function drawPortrait(canvas: CanvasRenderingContext2D, width: number, height: number, seed: number, tick: number) {
  const pick = <T>(from: readonly T[], at: 0 | 1 | 2 | 3) => from[(seed * STEPS[at] + at) % from.length] as T
  const [near, far] = pick(ROOMS, 0)
  const wall = canvas.createLinearGradient(0, 0, width, height)
  wall.addColorStop(0, near)
  wall.addColorStop(1, far)
  canvas.fillStyle = wall
  canvas.fillRect(0, 0, width, height)
  canvas.fillStyle = '#ffffff59'
  canvas.fillRect(width * (seed % 2 === 0 ? 0.07 : 0.74), height * 0.1, width * 0.19, height * 0.46)
  canvas.fillStyle = '#00000014'
  canvas.fillRect(0, height * 0.82, width, height * 0.18)
  const x = width / 2 + Math.sin(seed * 2.1) * width * 0.04
  const y = height * 0.44 + (tick % 2)
  const size = height * 0.2
  canvas.fillStyle = pick(CLOTHES, 1)
  ellipse(canvas, x, height * 1.04, size * 1.75, size * 1.65)
  canvas.fillStyle = pick(SKINS, 2)
  canvas.fillRect(x - size * 0.34, y + size * 0.6, size * 0.68, size * 0.7)
  canvas.fillStyle = pick(HAIRS, 3)
  ellipse(canvas, x, y - size * 0.16, size * 0.98, size * 1.14)
  if (seed % 3 === 0) canvas.fillRect(x - size * 0.98, y - size * 0.1, size * 1.96, size * 1.25)
  canvas.fillStyle = pick(SKINS, 2)
  ellipse(canvas, x, y + size * 0.12, size * 0.78, size * 0.98)
  canvas.fillStyle = '#2b211c'
  ellipse(canvas, x - size * 0.28, y + size * 0.04, size * 0.07, size * 0.09)
  ellipse(canvas, x + size * 0.28, y + size * 0.04, size * 0.07, size * 0.09)
  canvas.strokeStyle = '#7c3f33'
  canvas.lineWidth = size * 0.07
  canvas.lineCap = 'round'
  canvas.beginPath()
  canvas.arc(x, y + size * 0.4, size * 0.24, Math.PI * 0.15, Math.PI * 0.85)
  canvas.stroke()
}

function drawDocument(canvas: CanvasRenderingContext2D) {
  canvas.fillStyle = '#ffffff'
  canvas.fillRect(0, 0, 1600, 900)
  canvas.fillStyle = '#17333b'
  canvas.font = '600 54px sans-serif'
  canvas.fillText('Care plan, week 12', 96, 130)
  canvas.fillStyle = '#5b7078'
  canvas.font = '30px sans-serif'
  canvas.fillText('Mobility after the operation', 96, 186)
  const bars = [180, 250, 300, 280, 360, 420, 470, 520]
  bars.forEach((height, at) => {
    canvas.fillStyle = at === bars.length - 1 ? '#0b6570' : '#b7d5d4'
    canvas.fillRect(96 + at * 96, 790 - height, 62, height)
  })
  for (let line = 0; line < 9; line++) {
    canvas.fillStyle = line % 4 === 0 ? '#8ea3a9' : '#d8e1e3'
    canvas.fillRect(960, 280 + line * 56, line % 4 === 0 ? 260 : 520 - (line % 3) * 70, 18)
  }
}

function ellipse(canvas: CanvasRenderingContext2D, x: number, y: number, radiusX: number, radiusY: number) {
  canvas.beginPath()
  canvas.ellipse(x, y, radiusX, radiusY, 0, 0, Math.PI * 2)
  canvas.fill()
}
