import { describe, expect, it } from 'vitest'
import { ViewMachine, type Sight } from './viewing.ts'

const sight = (track: string, extra: Partial<Sight> = {}): Sight => ({ track, screen: false, mid: null, ...extra })
const shown = (height: number) => ({ height, visible: true })

/** A machine with two lines, and what it says over time. */
function viewer(sights: readonly Sight[], lines: readonly string[] = ['4', '5']) {
  const machine = new ViewMachine()
  machine.offered(0, sights, lines)
  let now = 0
  const until = (end: number): string[] => {
    const said: string[] = []
    const poll = (): void => {
      machine.wake(now)
      const slots = machine.poll(now)
      if (slots !== null) said.push(slots.map(({ mid, track, max_height: height }) => `${mid}=${track ?? ''}@${height}`).join(' '))
    }
    poll()
    for (let next = machine.deadline(); next !== null && next <= end; next = machine.deadline()) {
      now = Math.max(now, next)
      poll()
      if (machine.deadline() === next) throw new Error('it waits for the past')
    }
    now = end
    return said
  }
  return { machine, until }
}

describe('ViewMachine', () => {
  it('leaves the choice to the server until something is shown', () => {
    const { until } = viewer([sight('a'), sight('b')])
    expect(until(10_000)).toEqual([])
  })

  it('asks for what comes into sight at once, all tiles of a moment together', () => {
    const { machine, until } = viewer([sight('a'), sight('b')])
    machine.look(0, {}, 'a', shown(350))
    machine.look(1, {}, 'b', shown(100))
    expect(until(30)).toEqual(['4=a@360 5=b@180'])
    expect(until(10_000)).toEqual([])
  })

  it('leaves each track on the line that it has', () => {
    const { machine, until } = viewer([sight('a', { mid: '5' }), sight('b', { mid: '4' })])
    machine.look(0, {}, 'a', shown(90))
    machine.look(0, {}, 'b', shown(90))
    expect(until(30)).toEqual(['4=b@90 5=a@90'])
  })

  it('takes the largest of several places', () => {
    const { machine, until } = viewer([sight('a')])
    machine.look(0, {}, 'a', shown(90))
    machine.look(0, {}, 'a', shown(720))
    expect(until(30)).toEqual(['4=a@720'])
  })

  it('says little while somebody drags the edge of the window', () => {
    const { machine, until } = viewer([sight('a')])
    const place = {}
    const said: string[] = []
    for (let now = 0; now < 1000; now += 16) {
      machine.look(now, place, 'a', shown(200 + now / 4))
      said.push(...until(now + 16))
    }
    expect(said.length).toBeLessThanOrEqual(5)
    said.push(...until(5000))
    expect(said.at(-1)).toBe('4=a@450')
    machine.look(5000, place, 'a', shown(330))
    expect(until(6000)).toEqual([])
    machine.look(6000, place, 'a', shown(300))
    expect(until(7000)).toEqual(['4=a@360'])
  })

  it('gives up what is out of sight after a second, not what flits away and back', () => {
    const { machine, until } = viewer([sight('a')])
    const place = {}
    machine.look(0, place, 'a', shown(360))
    expect(until(100)).toEqual(['4=a@360'])
    machine.look(100, place, 'a', { height: 360, visible: false })
    machine.look(900, place, 'a', shown(360))
    expect(until(3000)).toEqual([])
    machine.look(3000, place, 'a', null)
    expect(until(3990)).toEqual([])
    expect(until(4200)).toEqual(['4=a@0'])
    machine.look(4200, {}, 'a', shown(360))
    expect(until(4300)).toEqual(['4=a@360'])
  })

  it('turns everything off when the page is hidden for five seconds', () => {
    const { machine, until } = viewer([sight('a')])
    machine.look(0, {}, 'a', shown(360))
    until(100)
    machine.page(100, false)
    machine.page(3000, true)
    expect(until(9000)).toEqual([])
    machine.page(9000, false)
    expect(until(13_900)).toEqual([])
    expect(until(14_100)).toEqual(['4=a@0'])
    expect(until(60_000)).toEqual([])
    machine.page(60_000, true)
    expect(until(60_100)).toEqual(['4=a@360'])
  })

  it('sees nothing in a box of no size', () => {
    const { machine, until } = viewer([sight('a')])
    machine.look(0, {}, 'a', shown(0))
    expect(until(1000)).toEqual([])
  })

  it('gives scarce lines to screens, to what is pinned, and then to what is large', () => {
    const { machine, until } = viewer([sight('a'), sight('b'), sight('screen', { screen: true })])
    machine.look(0, {}, 'a', shown(180))
    machine.look(0, {}, 'b', shown(360))
    expect(until(50)).toEqual(['4=b@360 5=a@180'])
    machine.look(50, {}, 'screen', shown(720))
    expect(until(400)).toEqual(['4=b@360 5=screen@720'])
    machine.wish(400, 'a', { pinned: true })
    expect(until(800)).toEqual(['4=a@180 5=screen@720'])
    machine.offered(800, [sight('a'), sight('b'), sight('screen', { screen: true })], ['4', '5', '6'])
    expect(until(1200)).toEqual(['4=a@180 5=screen@720 6=b@360'])
  })

  it('passes wishes on', () => {
    const { machine } = viewer([sight('a')])
    machine.wish(0, 'a', { maxHeight: 240, maxFramerate: 15, minHeight: 90, priority: 7, pinned: true })
    expect(machine.poll(300)).toEqual([{ mid: '4', track: 'a', max_height: 240, max_fps: 15, min_height: 90, priority: 7, pinned: true }])
    machine.wish(300, 'a', null)
    expect(machine.poll(600)).toEqual([{ mid: '4', track: 'a', max_height: 0 }])
  })

  it('says it again after a refusal, and when the server has forgotten', () => {
    const { machine, until } = viewer([sight('a')])
    machine.look(0, {}, 'a', shown(360))
    until(50)
    machine.refused(50)
    expect(until(1000)).toEqual([])
    expect(until(1100)).toEqual(['4=a@360'])
    machine.forget(1100)
    expect(until(2000)).toEqual(['4=a@360'])
  })
})
