import type { Delivery } from '@seameet/client'
import { createFakeRoom } from '@seameet/client/testing'
import { describe, expect, it } from 'vitest'
import { en } from '../../i18n/en.ts'
import { causeWords, pictureFacts, type PictureFacts } from './causes.ts'
import { ownFigures, pictureRows, reportText } from './report.ts'
import { gradeOf, isPoor } from './score.ts'

const delivery = (cause: Delivery['cause'], causeTrack: string | null = null): Delivery => ({
  assigned: true,
  cause,
  causeTrack,
  layer: null,
})
const facts = (change: Partial<PictureFacts>): PictureFacts => ({
  delivery: delivery('full'),
  source: 'camera',
  name: 'Ada',
  poor: false,
  rival: null,
  ...change,
})
const say = (change: Partial<PictureFacts>): string => causeWords(facts(change), en.quality)

describe('the words for a picture', () => {
  it('say whose line is slow', () => {
    expect(say({ delivery: delivery('bandwidth') })).toBe('Your connection is slow right now')
    expect(say({ delivery: delivery('publisher'), poor: true })).toBe('Ada’s connection is slow')
    expect(say({ delivery: delivery('publisher') })).toBe('As good as Ada sends it')
    expect(say({ delivery: delivery('paused') })).toBe('Paused: your line is too slow for video')
    expect(say({ delivery: delivery('size') })).toBe('Small picture, saves data')
  })

  it('name what went first', () => {
    const cause = delivery('higher-priority', 't_9')
    expect(say({ delivery: cause, rival: { name: 'Ben', source: 'screen' } })).toBe('Screen share comes first')
    expect(say({ delivery: cause, rival: { name: 'Ben', source: 'camera' } })).toBe('Ben’s picture comes first')
    expect(say({ delivery: cause })).toBe('Another picture comes first')
  })

  it('find the rival among the publications of the room', () => {
    const room = createFakeRoom({ connected: true })
    const ada = room.addParticipant({ name: 'Ada' })
    const ben = room.addParticipant({ name: 'Ben', screen: true })
    ada.publication('camera')?.delivery.set(delivery('higher-priority', ben.publication('screen')?.id ?? ''))
    const found = pictureFacts(room, ada, 'camera')
    expect(found?.rival).toEqual({ name: 'Ben', source: 'screen' })
    expect(pictureFacts(room, room.local, 'camera')).toBeNull()
  })
})

describe('grades', () => {
  it.each([[5, 'excellent', 4], [4, 'good', 3], [3, 'fair', 2], [2, 'weak', 1], [1, 'weak', 1], [0, 'lost', 0]] as const)(
    'call a score of %i %s, with %i bars',
    (score, grade, bars) => {
      expect(gradeOf(score)).toEqual({ grade, bars })
      expect(isPoor(gradeOf(score))).toBe(score <= 3)
    },
  )
})

describe('the report', () => {
  it('holds figures and reasons, and no names', () => {
    const room = createFakeRoom({ connected: true })
    const ada = room.addParticipant({ id: 'p_secret', name: 'Ada Lovelace' })
    ada.publication('camera')?.delivery.set(delivery('bandwidth'))
    const stats = {
      ...room.figures,
      lines: [{
        direction: 'receive' as const, kind: 'video' as const, participantId: 'p_secret', source: 'camera', rid: null, cause: 'bandwidth' as const,
        codec: 'vp8', kilobitsPerSecond: 148.6, loss: 0.125, jitter: 4, width: 320, height: 180, framesPerSecond: 15,
      }],
    }
    const rows = pictureRows(room, stats, en.quality)
    expect(rows).toMatchObject([{ name: 'Ada Lovelace', width: 320, words: 'Your connection is slow right now' }])
    const own = ownFigures(stats, null)
    expect(own).toMatchObject({ receiving: 148.6, sending: 0, canSend: 2000, lossDown: 0.125, lossUp: null })
    const text = reportText(own, null, rows)
    expect(text).toContain('picture 1: camera vp8 320x180, 15 fps, 149 kbit/s, bandwidth')
    expect(text).toContain('lost 12.5 %')
    expect(text).not.toMatch(/Ada|secret/)
  })
})
