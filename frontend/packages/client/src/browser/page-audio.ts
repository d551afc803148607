import type { LevelReader } from './types.ts'

/** One audio context for all meters: browsers allow only a few. */
let shared: AudioContext | null = null
let readers = 0

function context(): AudioContext {
  shared ??= new AudioContext()
  // Made before a gesture it starts suspended; the next attempt after one wakes it.
  if (shared.state === 'suspended') void shared.resume().catch(() => undefined)
  return shared
}

export function createLevelReader(track: MediaStreamTrack): LevelReader {
  const audio = context()
  readers += 1
  const source = audio.createMediaStreamSource(new MediaStream([track]))
  const analyser = audio.createAnalyser()
  analyser.fftSize = 1024
  source.connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  let open = true
  return {
    read: () => {
      if (!open) return 0
      if (audio.state === 'suspended') void audio.resume().catch(() => undefined)
      analyser.getFloatTimeDomainData(samples)
      let sum = 0
      for (const sample of samples) sum += sample * sample
      return Math.sqrt(sum / samples.length)
    },
    close: () => {
      if (!open) return
      open = false
      source.disconnect()
      readers -= 1
      if (readers > 0) return
      shared = null
      void audio.close().catch(() => undefined)
    },
  }
}

const TONE_SECONDS = 0.8

/** Two soft notes on an audio element, because an element can be sent to a chosen speaker in every browser. */
export async function playTone(deviceId: string): Promise<void> {
  const audio = new AudioContext()
  const element = document.createElement('audio')
  try {
    const target = audio.createMediaStreamDestination()
    for (const [index, frequency] of [523.25, 659.25].entries()) {
      const start = audio.currentTime + index * 0.25
      const gain = audio.createGain()
      gain.gain.setValueAtTime(0, start)
      gain.gain.linearRampToValueAtTime(0.2, start + 0.02)
      gain.gain.linearRampToValueAtTime(0, start + 0.5)
      const oscillator = audio.createOscillator()
      oscillator.frequency.value = frequency
      oscillator.connect(gain).connect(target)
      oscillator.start(start)
      oscillator.stop(start + 0.5)
    }
    element.srcObject = target.stream
    if (deviceId !== '' && 'setSinkId' in element) await element.setSinkId(deviceId)
    await element.play()
    await new Promise((resolve) => setTimeout(resolve, TONE_SECONDS * 1000))
  } finally {
    element.srcObject = null
    await audio.close()
  }
}
