import type { SeameetErrorCode } from '@seameet/client'
import { expect, test } from 'vitest'
import { deviceTextsEn } from '../i18n/device-texts.ts'
import { causeOf, deviceHelp } from './device-help.ts'
import type { Browser, System } from './platform.ts'
import { platformOf } from './platform.ts'

const CODES: readonly SeameetErrorCode[] = [
  'device/denied',
  'device/denied-by-system',
  'device/dismissed',
  'device/not-found',
  'device/in-use',
  'device/insecure',
  'device/overconstrained',
  'device/unsupported',
  'device/failed',
]

test('every cause has a title of its own and at least one thing to do', () => {
  for (const kind of ['camera', 'microphone'] as const) {
    const helps = CODES.map((code) => help(kind, code))
    expect(new Set(helps.map((one) => one.title)).size).toBe(CODES.length)
    for (const one of helps) {
      expect(one.title).toContain(kind)
      expect(one.steps.length).toBeGreaterThan(0)
    }
  }
})

test('a block by the page is lifted in the browser, each browser in its own place', () => {
  const places = (['chromium', 'firefox', 'safari', 'other'] satisfies Browser[]).map(
    (browser) => help('camera', 'device/denied', { browser }).steps[0],
  )
  expect(new Set(places).size).toBe(4)
})

test('a block by the system is lifted in the system, each in its own place', () => {
  const places = (['windows', 'macos', 'ios', 'android', 'linux', 'other'] satisfies System[]).map(
    (system) => help('microphone', 'device/denied-by-system', { system }).steps[0],
  )
  expect(new Set(places).size).toBe(6)
  expect(places[1]).toContain('“Microphone”')
})

test('trying again is offered only where it can help', () => {
  expect(help('camera', 'device/insecure').canRetry).toBe(false)
  expect(help('camera', 'device/unsupported').canRetry).toBe(false)
  expect(help('camera', 'device/in-use').canRetry).toBe(true)
  expect(help('camera', 'device/denied').canRetry).toBe(true)
})

test('two devices with one cause are explained together', () => {
  const both = deviceHelp(['camera', 'microphone'], 'device/denied', { browser: 'firefox', system: 'linux' }, deviceTextsEn)
  expect(both.title).toBe('Your camera and microphone are blocked for this page')
})

test('a code that is not about devices is a plain failure', () => {
  expect(causeOf('connect/unreachable')).toBe('failed')
})

test.each([
  ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36', 'chromium', 'linux'],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:153.0) Gecko/20100101 Firefox/153.0', 'firefox', 'windows'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15', 'safari', 'macos'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/156.0 Mobile Safari/604.1', 'chromium', 'ios'],
  ['Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36', 'chromium', 'android'],
  ['curl/8', 'other', 'other'],
])('%s', (agent, browser, system) => {
  expect(platformOf(agent)).toEqual({ browser, system })
})

function help(kind: 'camera' | 'microphone', code: SeameetErrorCode, parts: { browser?: Browser; system?: System } = {}) {
  return deviceHelp([kind], code, { browser: 'chromium', system: 'linux', ...parts }, deviceTextsEn)
}
