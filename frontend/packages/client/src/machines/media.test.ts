import { describe, expect, it } from 'vitest'
import { loudness } from './loudness.ts'
import { MediaRecovery, type MediaRecoveryOutput } from './media-recovery.ts'
import { MediaWatch } from './media-watch.ts'
import { SlotTable } from './slots.ts'
import { SpeechDetector } from './speech.ts'

function drain(recovery: MediaRecovery): MediaRecoveryOutput[] {
  const outputs: MediaRecoveryOutput[] = []
  for (let output = recovery.poll(); output !== undefined; output = recovery.poll()) outputs.push(output)
  return outputs
}

function flowing(): MediaRecovery {
  const recovery = new MediaRecovery(() => 0.5)
  recovery.signalUp(0)
  recovery.began(0)
  recovery.connected()
  expect(drain(recovery)).toEqual([])
  return recovery
}

describe('MediaRecovery', () => {
  it('is pending while it starts for the first time and down when it starts again', () => {
    const recovery = new MediaRecovery(() => 0.5)
    recovery.signalUp(0)
    recovery.began(0)
    expect(recovery.health).toBe('pending')
    recovery.connected()
    expect(recovery.health).toBe('up')
    recovery.began(100)
    expect(recovery.health).toBe('down')
  })

  it('restarts ICE first and begins anew when that does not help', () => {
    const recovery = flowing()
    recovery.interrupted(1000)
    expect(drain(recovery)).toEqual(['restart-ice'])
    recovery.wake(recovery.deadline() ?? 0)
    // The second attempt has a short delay.
    recovery.wake(recovery.deadline() ?? 0)
    expect(drain(recovery)).toEqual(['rebuild'])
  })

  it('is content when the path returns by itself', () => {
    const recovery = flowing()
    recovery.interrupted(1000)
    drain(recovery)
    recovery.connected()
    recovery.wake(100_000)
    expect(drain(recovery)).toEqual([])
    expect(recovery).toMatchObject({ health: 'up', attempt: 0 })
  })

  it('lets a doubt pass that media or the browser refutes', () => {
    const recovery = flowing()
    recovery.doubted(1000)
    expect(recovery).toMatchObject({ health: 'up' })
    recovery.connected()
    expect(recovery.deadline()).toBeNull()
    recovery.doubted(2000)
    recovery.arrived(2900)
    expect(recovery.deadline()).toBe(4500)
    recovery.arrived(3900)
    recovery.wake(4500)
    expect(drain(recovery)).toEqual([])
    // What we send may be lost all the same.
    recovery.wake(17_000)
    expect(drain(recovery)).toEqual(['restart-ice'])
  })

  it('restarts ICE when nothing arrives on a path in doubt', () => {
    const recovery = flowing()
    recovery.doubted(1000)
    recovery.doubted(3000)
    recovery.wake(3499)
    expect(drain(recovery)).toEqual([])
    recovery.wake(3500)
    expect(drain(recovery)).toEqual(['restart-ice'])
    expect(recovery.health).toBe('down')
  })

  it('waits for signaling, because a restart is an offer', () => {
    const recovery = flowing()
    recovery.signalDown()
    recovery.interrupted(1000)
    expect(drain(recovery)).toEqual([])
    expect(recovery.health).toBe('down')
    recovery.wake(60_000)
    expect(drain(recovery)).toEqual([])
    recovery.signalUp(61_000)
    expect(drain(recovery)).toEqual(['restart-ice'])
  })

  it('keeps the peer connection when only signaling was away', () => {
    const recovery = flowing()
    recovery.signalDown()
    recovery.signalUp(5000)
    expect(drain(recovery)).toEqual([])
  })

  it('offers again after an offer was lost with the signaling', () => {
    const recovery = new MediaRecovery(() => 0.5)
    recovery.signalUp(0)
    recovery.began(0)
    recovery.signalDown()
    recovery.signalUp(3000)
    expect(drain(recovery)).toEqual(['restart-ice'])
  })

  it('begins anew at once when the server has closed its end or the browser gave up', () => {
    const closed = flowing()
    closed.lost(1000, true)
    expect(drain(closed)).toEqual(['rebuild'])
    const failed = flowing()
    failed.failed(1000)
    expect(drain(failed)).toEqual(['rebuild'])
  })

  it('spaces out attempts that keep failing', () => {
    const recovery = flowing()
    const waits: number[] = []
    let now = 1000
    recovery.failed(now)
    for (let attempt = 0; attempt < 6; attempt += 1) {
      expect(drain(recovery)).toEqual(['rebuild'])
      recovery.began(now)
      recovery.failed(now)
      const deadline = recovery.deadline() ?? 0
      waits.push(deadline - now)
      now = deadline
      recovery.wake(now)
    }
    expect(waits).toEqual([300, 1000, 2000, 4000, 8000, 8000])
  })
})

describe('MediaWatch', () => {
  const run = (watch: MediaWatch, seconds: number, expecting: boolean, growing: boolean) => {
    for (let second = 0; second <= seconds; second += 1) {
      if (watch.sample(second * 1000, { inbound: growing ? second : 5, expecting })) return second
    }
    return null
  }

  it('notices after four seconds that expected media stays away', () => {
    expect(run(new MediaWatch(), 20, true, false)).toBe(4)
  })

  it('is patient when nobody sends', () => {
    expect(run(new MediaWatch(), 14, false, false)).toBeNull()
    expect(run(new MediaWatch(), 20, false, false)).toBe(15)
  })

  it('is content while anything arrives', () => {
    expect(run(new MediaWatch(), 60, true, true)).toBeNull()
  })

  it('does not blame the network for the sleep of the page', () => {
    const watch = new MediaWatch()
    watch.sample(0, { inbound: 5, expecting: true })
    expect(watch.sample(60_000, { inbound: 5, expecting: true })).toBe(false)
    expect(watch.sample(61_000, { inbound: 5, expecting: true })).toBe(false)
  })
})

describe('SpeechDetector', () => {
  it('ignores one loud reading, hears a word, and bridges a pause', () => {
    const detector = new SpeechDetector()
    const levels = [0.6, 0, 0.6, 0.6, 0, 0, 0, 0.6, 0, 0, 0, 0, 0]
    const talks = levels.map((level, index) => detector.update(index * 150, level))
    expect(talks.map(Number).join('')).toBe('0001111111100')
  })

  it('hears the same loudness as the meter shows', () => {
    expect(loudness(0)).toBe(0)
    expect(loudness(1)).toBe(1)
    expect(loudness(0.001)).toBeCloseTo(0)
    expect(loudness(0.0316)).toBeCloseTo(0.5, 2)
    expect(loudness(4)).toBe(1)
  })
})

describe('SlotTable', () => {
  const slot = (mid: string, track: string, cause: 'full' | 'waiting_for_keyframe' | 'muted') => ({ mid, track, cause })

  it('finds a track on its line and forgets it when the line is emptied', () => {
    const table = new SlotTable()
    table.assign(0, [slot('4', 't_1', 'full')])
    expect(table.find(0, 't_1')).toMatchObject({ mid: '4', cause: 'full', settled: true })
    table.assign(0, [{ mid: '4', cause: 'empty' }])
    expect(table.find(0, 't_1')).toBeNull()
  })

  it('does not show the former owner of a line under the next name', () => {
    const table = new SlotTable()
    table.assign(0, [slot('4', 't_1', 'full')])
    table.assign(1000, [slot('4', 't_2', 'waiting_for_keyframe')])
    expect(table.find(1000, 't_1')).toBeNull()
    expect(table.find(1000, 't_2')?.settled).toBe(false)
    table.assign(1200, [slot('4', 't_2', 'full')])
    expect(table.find(1200, 't_2')?.settled).toBe(true)
  })

  it('waits anew when a line was given away while its track was muted', () => {
    const table = new SlotTable()
    table.assign(0, [slot('4', 't_1', 'full')])
    table.assign(1000, [slot('4', 't_2', 'muted')])
    table.assign(60_000, [slot('4', 't_2', 'waiting_for_keyframe')])
    expect(table.find(60_000, 't_2')?.settled).toBe(false)
  })

  it('shows a waiting line in the end, should the word of the server be lost', () => {
    const table = new SlotTable()
    table.assign(0, [slot('4', 't_1', 'waiting_for_keyframe')])
    const deadline = table.deadline(0)
    expect(deadline).not.toBeNull()
    expect(table.find(deadline ?? 0, 't_1')?.settled).toBe(true)
    expect(table.deadline(deadline ?? 0)).toBeNull()
  })

  it('keeps showing a track that waits for another keyframe', () => {
    const table = new SlotTable()
    table.assign(0, [slot('4', 't_1', 'full')])
    table.assign(10, [slot('4', 't_1', 'waiting_for_keyframe')])
    expect(table.find(10, 't_1')?.settled).toBe(true)
  })
})
