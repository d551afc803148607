import { beforeEach, describe, expect, it } from 'vitest'
import type { Devices } from '../api/devices.ts'
import { FakeBrowser } from '../testing/browser/fake-browser.ts'
import { mediaError, type FakeMedia } from '../testing/browser/fake-media.ts'
import { toDeviceError } from './errors.ts'
import { createDevices } from './index.ts'

let browser: FakeBrowser
let media: FakeMedia
let devices: Devices
let log: string[]

beforeEach(() => {
  browser = new FakeBrowser()
  media = browser.media ?? expect.fail('the fake browser has media')
  devices = createDevices({ browser })
  log = []
  devices.on('device-lost', ({ lost, replacement }) => log.push(`lost ${lost.id}, now ${replacement?.id ?? 'none'}`))
  devices.on('device-restored', ({ device }) => log.push(`restored ${device.id}`))
})

const advance = (milliseconds: number) => browser.clock.advance(milliseconds)

const outcome = (promise: Promise<unknown>) =>
  promise.then(
    () => 'ok',
    (error: unknown) => (error as { code?: string }).code,
  )

describe('capturing', () => {
  it('shares one capture among all who hold it, until the last lets go', async () => {
    const [lobby, room] = await Promise.all([devices.preview('camera'), devices.capture('camera')])
    expect(media.asked).toHaveLength(1)
    expect(lobby.track.get()).toBe(room.track.get())
    lobby.release()
    lobby.release()
    expect(media.live()).toHaveLength(1)
    room.release()
    expect(media.live()).toEqual([])
    expect(devices.camera.actual.get()).toBeNull()
  })

  it('tells the device in use, and the lists', async () => {
    await devices.capture('microphone')
    expect(devices.microphone.wanted.get()).toBe('default')
    expect(devices.microphone.actual.get()?.id).toBe('audioinput-1')
    expect(devices.list.get().camera.map(({ id }) => id)).toEqual(['videoinput-1', 'videoinput-2'])
    expect(devices.permission.get().microphone).toBe('granted')
  })

  it('hides entries that stand for others', async () => {
    media.devices.unshift({ kind: 'audioinput', deviceId: 'default', label: 'Default', groupId: 'group-2' })
    media.devices.push({ kind: 'videoinput', deviceId: '', label: '', groupId: '' })
    await devices.refresh()
    expect(devices.list.get().microphone.map(({ id }) => id)).toEqual(['audioinput-1', 'audioinput-2'])
    expect(devices.list.get().camera).toHaveLength(2)
  })

  it('stops what starts after everybody has let go', async () => {
    let open: () => void = () => undefined
    media.gate = new Promise((resolve) => {
      open = resolve
    })
    const capture = devices.capture('camera')
    await advance(10)
    devices.dispose()
    open()
    await capture
    expect(media.live()).toEqual([])
  })

  it('begins anew after a failure', async () => {
    media.failures.push(mediaError('NotReadableError'))
    expect(await outcome(devices.capture('camera'))).toBe('device/in-use')
    expect(devices.camera.error.get()?.code).toBe('device/in-use')
    expect(await outcome(devices.capture('camera'))).toBe('ok')
    expect(devices.camera.error.get()).toBeNull()
  })

  it('asks for less when the browser cannot give what is wished', async () => {
    media.failures.push(mediaError('OverconstrainedError'))
    await devices.capture('camera')
    expect(media.asked).toHaveLength(2)
    expect(media.asked[1]).toEqual({ video: {} })
  })

  it('falls back to another device when the wished one does not exist', async () => {
    await devices.camera.select('gone')
    await devices.capture('camera')
    expect(devices.camera.actual.get()?.id).toBe('videoinput-1')
    expect(devices.camera.wanted.get()).toBe('gone')
  })

  it('says that the page is not secure', async () => {
    const insecure = Object.assign(new FakeBrowser(), { media: null, secure: false })
    expect(await outcome(createDevices({ browser: insecure }).capture('camera'))).toBe('device/insecure')
  })

  it.each([
    ['NotAllowedError', 'Permission denied', 'device/denied'],
    ['NotAllowedError', 'Permission denied by system', 'device/denied-by-system'],
    ['NotAllowedError', 'Permission dismissed', 'device/dismissed'],
    ['NotFoundError', '', 'device/not-found'],
    ['NotReadableError', '', 'device/in-use'],
    ['OverconstrainedError', '', 'device/overconstrained'],
    ['SecurityError', '', 'device/insecure'],
    ['AbortError', '', 'device/in-use'],
    ['TypeError', '', 'device/unsupported'],
    ['SomethingNew', '', 'device/failed'],
  ])('names %s (%s) %s', (name, message, code) => {
    expect(toDeviceError(mediaError(name, message)).code).toBe(code)
  })
})

describe('switching', () => {
  it('takes the new device before it lets go of the old one', async () => {
    const capture = await devices.capture('camera')
    const former = capture.track.get()
    let liveAtChange = 0
    capture.track.subscribe(() => {
      liveAtChange = media.live('video').length
    })
    await devices.camera.select('videoinput-2')
    expect(capture.track.get()).not.toBe(former)
    expect(liveAtChange).toBe(2)
    expect(media.live('video')).toHaveLength(1)
    expect(devices.camera.actual.get()?.id).toBe('videoinput-2')
  })

  it('ends a storm of switches with the last wish and one capture', async () => {
    await devices.capture('camera')
    const storm = ['videoinput-2', 'videoinput-1', 'videoinput-2', 'videoinput-1', 'videoinput-2']
    await Promise.all(storm.map((id) => devices.camera.select(id)))
    expect(devices.camera.actual.get()?.id).toBe('videoinput-2')
    expect(media.live('video')).toHaveLength(1)
    expect(media.asked.length).toBeLessThanOrEqual(3)
  })

  it('only remembers the wish while nothing is captured', async () => {
    await devices.camera.select('videoinput-2')
    expect(media.asked).toEqual([])
    await devices.capture('camera')
    expect(devices.camera.actual.get()?.id).toBe('videoinput-2')
  })

  it('keeps the old device when the new one cannot be had', async () => {
    const capture = await devices.capture('camera')
    media.failures.push(mediaError('NotReadableError'))
    expect(await outcome(devices.camera.select('videoinput-2'))).toBe('device/in-use')
    expect(capture.track.get()?.readyState).toBe('live')
    expect(devices.camera.actual.get()?.id).toBe('videoinput-1')
    expect(devices.camera.wanted.get()).toBe('videoinput-2')
  })
})

describe('plugging', () => {
  it('replaces a device that vanishes and says so once', async () => {
    const capture = await devices.capture('microphone')
    media.unplug('audioinput-1')
    expect(capture.track.get()).toBeNull()
    await advance(3000)
    expect(devices.microphone.actual.get()?.id).toBe('audioinput-2')
    expect(capture.track.get()?.readyState).toBe('live')
    expect(log).toEqual(['lost audioinput-1, now audioinput-2'])
  })

  it('replaces a device that vanishes from the list while its track goes on', async () => {
    await devices.capture('microphone')
    media.devices = media.devices.filter(({ deviceId }) => deviceId !== 'audioinput-1')
    media.changed()
    await advance(300)
    expect(log).toEqual(['lost audioinput-1, now audioinput-2'])
  })

  it('goes back to the wished device when it returns', async () => {
    await devices.microphone.select('audioinput-2')
    await devices.capture('microphone')
    const headset = media.unplug('audioinput-2')
    await advance(3000)
    expect(devices.microphone.actual.get()?.id).toBe('audioinput-1')
    if (headset !== undefined) media.plug(headset)
    await advance(300)
    expect(devices.microphone.actual.get()?.id).toBe('audioinput-2')
    expect(log).toEqual(['lost audioinput-2, now audioinput-1', 'restored audioinput-2'])
    expect(media.live('audio')).toHaveLength(1)
  })

  it('waits for the only device and takes it when it returns', async () => {
    const capture = await devices.capture('camera')
    const [first] = [media.unplug('videoinput-1'), media.unplug('videoinput-2')]
    await advance(20_000)
    expect(capture.track.get()).toBeNull()
    expect(log).toEqual(['lost videoinput-1, now none'])
    if (first !== undefined) media.plug(first)
    await advance(300)
    expect(capture.track.get()?.readyState).toBe('live')
  })

  it('follows the system to another default microphone', async () => {
    const alias = (groupId: string) => ({ kind: 'audioinput' as const, deviceId: 'default', label: 'Default', groupId })
    media.devices.unshift(alias('group-1'))
    await devices.capture('microphone')
    const asked = media.asked.length
    media.devices[0] = alias('group-2')
    media.changed()
    await advance(300)
    expect(media.asked.length).toBe(asked + 1)
  })

  it('reads the list once for a burst of notices', async () => {
    await devices.capture('microphone')
    let reads = 0
    const read = media.enumerateDevices.bind(media)
    media.enumerateDevices = () => {
      reads += 1
      return read()
    }
    for (let notice = 0; notice < 5; notice += 1) {
      media.changed()
      await advance(50)
    }
    await advance(500)
    expect(reads).toBe(1)
    expect(log).toEqual([])
  })

  it('listens from the first use and not after its end', async () => {
    expect(media.listeners).toBe(0)
    await devices.refresh()
    expect(media.listeners).toBe(1)
    devices.dispose()
    expect(media.listeners).toBe(0)
  })

  it('falls back to the system speaker when the chosen one vanishes', async () => {
    await devices.refresh()
    await devices.speaker.select('audiooutput-2')
    expect(devices.speaker.actual.get()?.id).toBe('audiooutput-2')
    media.unplug('audiooutput-2')
    await advance(300)
    expect(devices.speaker.actual.get()).toBeNull()
    expect(log).toEqual(['lost audiooutput-2, now none'])
  })
})

describe('permission and level', () => {
  it('follows the browser', async () => {
    const permission = { state: 'prompt' as PermissionState, changed: new Set<() => void>() }
    browser.permissions.camera = permission
    await devices.refresh()
    await advance(10)
    expect(devices.permission.get()).toEqual({ camera: 'prompt', microphone: 'unknown' })
    permission.state = 'denied'
    for (const changed of permission.changed) changed()
    expect(devices.permission.get().camera).toBe('denied')
  })

  it('meters a capture across a switch and closes its readers', async () => {
    const capture = await devices.capture('microphone')
    const meter = devices.levelMeter(capture)
    browser.rms = 0.1
    expect(meter.level()).toBeCloseTo(2 / 3, 2)
    await devices.microphone.select('audioinput-2')
    expect(browser.readers).toBe(1)
    expect(meter.level()).toBeGreaterThan(0)
    meter.stop()
    expect(browser.readers).toBe(0)
    expect(meter.level()).toBe(0)
  })

  it('plays the test tone on the chosen speaker', async () => {
    await devices.refresh()
    await devices.speaker.select('audiooutput-2')
    await devices.playTestTone()
    expect(browser.tones).toEqual(['audiooutput-2'])
  })
})
