import { describe, expect, it } from 'vitest'
import { layersOf, planEncodings, tuneEncodings, type Picture } from './encodings.ts'

const camera: Picture = { source: 'camera', codec: 'vp8', height: 720, motion: false }

describe('the plan', () => {
  it.each([[1080, 3], [720, 3], [480, 2], [240, 1], [null, 3]])('sends a camera of %s lines in %i sizes', (height, layers) => {
    expect(layersOf({ ...camera, height }, 3)).toBe(layers)
  })

  it('gives each size a rate of its own, smallest first', () => {
    const rates = planEncodings(camera, 3, 3).map(({ maxBitrate }) => maxBitrate ?? 0)
    expect(rates).toEqual([...rates].sort((a, b) => a - b))
    expect(new Set(rates).size).toBe(3)
  })

  it('leaves sound alone', () => {
    expect(planEncodings({ ...camera, source: 'microphone' }, 1, 3)).toEqual([{ maxBitrate: 64_000 }])
  })

  it('sends one size when only one shall be sent', () => {
    expect(planEncodings({ ...camera, codec: 'vp9' }, 1, 1)).toMatchObject([{ scalabilityMode: 'L1T3' }])
    expect(layersOf(camera, 1)).toBe(1)
  })
})

describe('tuning', () => {
  const planned = planEncodings(camera, 3, 3)

  it('changes nothing that is as it should be', () => {
    expect(tuneEncodings(planned, camera, null, 3)).toBeNull()
    expect(tuneEncodings(planned.map(({ rid }) => ({ rid: rid ?? '' })), camera, null, 3)).not.toBeNull()
  })

  it('does not insist on what a browser leaves out', () => {
    expect(tuneEncodings([{ maxBitrate: 1_500_000 }], camera, null, 3)).toBeNull()
  })

  it('sends everything while it knows no better', () => {
    const next = tuneEncodings(planned, camera, { encodings: [] }, 3)
    expect(next).toBeNull()
  })

  it.each([[180, 4], [190, 4], [200, 2], [360, 2], [400, 1], [720, 1]])('sends one stream for a picture of %i lines scaled by %i', (limit, scale) => {
    const [now] = planEncodings({ ...camera, codec: 'vp9' }, 1, 3)
    const wanted = { encodings: [{ wanted: true }], max_height: limit }
    const next = tuneEncodings([now ?? {}], { ...camera, codec: 'vp9' }, wanted, 3) ?? [now]
    expect(next[0]?.scaleResolutionDownBy).toBe(scale)
  })
})
