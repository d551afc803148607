import type { Locator } from '@playwright/test'
import { type Colour, colours } from './media-files.ts'

/** What a video element shows at one moment. */
export interface Picture {
  readonly colour: string
  readonly frames: number
  readonly width: number
}

/** Reads the middle of a video's decoded picture and names the nearest colour; null while there is no picture. */
export async function picture(video: Locator): Promise<Picture | null> {
  const read = await video.evaluate((element) => {
    if (!(element instanceof HTMLVideoElement) || element.videoWidth === 0 || element.readyState < 2) return null
    const canvas = document.createElement('canvas')
    canvas.width = 16
    canvas.height = 12
    const context = canvas.getContext('2d', { willReadFrequently: true })
    if (context === null) return null
    context.drawImage(element, 0, 0, 16, 12)
    const { data } = context.getImageData(4, 5, 8, 5)
    const sum = [0, 0, 0]
    for (let at = 0; at < data.length; at += 4) {
      for (let part = 0; part < 3; part++) sum[part] = (sum[part] ?? 0) + (data[at + part] ?? 0)
    }
    const rgb = sum.map((value) => value / (data.length / 4))
    // Firefox does not count a stream's frames in the standard's way.
    const painted = (element as { mozPaintedFrames?: number }).mozPaintedFrames
    const frames = painted ?? element.getVideoPlaybackQuality().totalVideoFrames
    return { rgb, frames, width: element.videoWidth }
  })
  return read && { colour: nameOf(read.rgb), frames: read.frames, width: read.width }
}

function nameOf(rgb: readonly number[]): string {
  const distance = (colour: Colour): number =>
    Math.hypot(...colour.rgb.map((value, at) => value - (rgb[at] ?? Number.POSITIVE_INFINITY)))
  const nearest = Object.values(colours).reduce<Colour>(
    (best, colour) => (distance(colour) < distance(best) ? colour : best),
    colours.red,
  )
  return distance(nearest) < 90 ? nearest.name : `rgb(${rgb.map(Math.round).join(', ')})`
}
