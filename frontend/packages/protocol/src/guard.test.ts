import { describe, expect, it } from 'vitest'
import { parseServerMessage } from './guard.ts'

const parse = (value: unknown) => parseServerMessage(JSON.stringify(value))

const track = {
  id: 't_1',
  participant: 'p_1',
  source: 'camera',
  kind: 'video',
  codec: 'vp8',
  muted: false,
  encrypted: false,
}

describe('parseServerMessage', () => {
  it('accepts a message with all that it must have', () => {
    const parsed = parse({ type: 'track_published', seq: 3, track })
    expect(parsed).toEqual({ kind: 'message', message: { type: 'track_published', seq: 3, track } })
  })

  it.each([
    { type: 'active_speakers', speakers: [{ participant: 'p_1', level: -22 }] },
    { type: 'quality', participant: 'p_1', score: 3, causes: ['uplink_loss'] },
    {
      type: 'quality',
      participant: 'p_1',
      score: 5,
      causes: [],
      self: { uplink: { bitrate: 1 }, downlink: { loss: 0, rtt_ms: 3.5, bitrate: 2, available: 4 } },
    },
    { type: 'publisher_demand', track: 't_1', encodings: [{ rid: 'q', wanted: true }, { wanted: false }] },
    {
      type: 'slots',
      assignments: [
        {
          mid: '4',
          track: 't_1',
          participant: 'p_1',
          layer: { encoding: 1, spatial: 0, temporal: 2, width: 640, height: 360 },
          cause: 'higher_priority',
          cause_track: 't_2',
        },
      ],
    },
  ])('accepts what adaptation tells: $type', (message) => {
    expect(parse(message)).toEqual({ kind: 'message', message })
  })

  it('accepts fields that it does not know', () => {
    expect(parse({ type: 'pong', id: '1', load: 0.3 }).kind).toBe('message')
  })

  it('accepts enumeration values that it does not know', () => {
    expect(parse({ type: 'track_published', seq: 3, track: { ...track, codec: 'h266' } }).kind).toBe('message')
  })

  it('calls an unknown type unknown', () => {
    expect(parse({ type: 'weather', sun: true })).toEqual({ kind: 'unknown', type: 'weather', seq: null })
    expect(parse({ type: 'weather', seq: 7 })).toEqual({ kind: 'unknown', type: 'weather', seq: 7 })
  })

  it.each(['toString', 'constructor', '__proto__', 'hasOwnProperty'])('knows no type called %s', (type) => {
    expect(parseServerMessage(`{"type":"${type}"}`)).toEqual({ kind: 'unknown', type, seq: null })
  })

  it.each([
    ['not JSON', '{'],
    ['an array', '[]'],
    ['null', 'null'],
    ['no type', '{}'],
    ['a type that is no text', '{"type":1}'],
  ])('refuses %s', (_, frame) => {
    expect(parseServerMessage(frame).kind).toBe('invalid')
  })

  it.each([
    ['a lacking field', { type: 'participant_left', seq: 1, participant: 'p_1' }],
    ['a field of the wrong type', { type: 'participant_left', seq: '1', participant: 'p_1', reason: 'left' }],
    ['a wrong field deep inside', { type: 'track_published', seq: 1, track: { ...track, muted: 'no' } }],
    ['null in place of an absent field', { type: 'pong', id: null }],
    ['a speaker without a level', { type: 'active_speakers', speakers: [{ participant: 'p_1' }] }],
    ['a line without a bitrate', { type: 'quality', participant: 'p_1', score: 5, causes: [], self: { uplink: {} } }],
    ['an encoding that says nothing', { type: 'publisher_demand', track: 't_1', encodings: [{ rid: 'q' }] }],
    ['a layer that is a number', { type: 'slots', assignments: [{ mid: '1', cause: 'full', layer: 2 }] }],
    ['a list that is none', { type: 'slots', assignments: {} }],
  ])('refuses %s', (_, message) => {
    expect(parse(message).kind).toBe('invalid')
  })
})
