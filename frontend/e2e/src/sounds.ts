import type { Page } from '@playwright/test'

/** How far each tone stands out of the sound that all audio elements of the page play, in decibels. */
export async function strengths(page: Page, tones: readonly number[]): Promise<number[]> {
  const { levels, width } = await page.evaluate(record)
  return tones.map((hertz) => strength(levels, Math.round(hertz / width)))
}

/** How far the bin at a tone stands above those around it. */
function strength(levels: readonly number[], bin: number): number {
  const peak = Math.max(...levels.slice(bin - 2, bin + 3))
  const around = [...levels.slice(bin - 24, bin - 8), ...levels.slice(bin + 9, bin + 25)]
  const floor = around.reduce((sum, value) => sum + value, 0) / around.length
  return peak < -75 ? 0 : peak - floor
}

/**
 * Runs in the page: the spectrum of half a second of everything that plays. Recorded and analysed afterwards, because
 * Firefox runs no live audio graph on a machine without a sound card.
 */
async function record(): Promise<{ levels: number[]; width: number }> {
  const rate = 48_000
  const take = async (source: MediaStream): Promise<AudioBuffer | null> => {
    const parts: Blob[] = []
    const recorder = new MediaRecorder(source)
    recorder.ondataavailable = ({ data }) => parts.push(data)
    const stopped = new Promise((resolve) => (recorder.onstop = resolve))
    recorder.start()
    await new Promise((resolve) => setTimeout(resolve, 500))
    recorder.stop()
    await stopped
    const content = await new Blob(parts).arrayBuffer()
    // A line that nobody speaks on gives no data at all.
    if (content.byteLength === 0) return null
    return new OfflineAudioContext(1, 1, rate).decodeAudioData(content)
  }
  const streams = [...(window.seameetSounds ?? [])]
    .filter((element) => !element.muted && !element.paused && element.volume > 0)
    .map((element) => element.srcObject)
    .filter((source): source is MediaStream => source instanceof MediaStream && source.getAudioTracks().length > 0)
  const takes = (await Promise.all(streams.map(take))).filter((buffer): buffer is AudioBuffer => buffer !== null && buffer.length > 0)
  const analysed = 8192
  const context = new OfflineAudioContext(1, Math.max(analysed, ...takes.map((buffer) => buffer.length)), rate)
  const analyser = context.createAnalyser()
  analyser.fftSize = analysed
  analyser.smoothingTimeConstant = 0
  analyser.connect(context.destination)
  for (const buffer of takes) {
    const source = context.createBufferSource()
    source.buffer = buffer
    // All end together: the analyser looks at the end.
    source.connect(analyser)
    source.loop = true
    source.start()
  }
  await context.startRendering()
  const spectrum = new Float32Array(analyser.frequencyBinCount)
  analyser.getFloatFrequencyData(spectrum)
  return { levels: [...spectrum].map((level) => Math.max(level, -160)), width: rate / analysed }
}
