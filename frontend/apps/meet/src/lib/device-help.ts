import type { CaptureKind, SeameetError, SeameetErrorCode } from '@seameet/client'
import type { DeviceTexts } from '../i18n/device-texts.ts'
import type { Platform } from './platform.ts'

/** Why a camera or microphone does not work, as far as it changes what a person should do. */
export type DeviceCause =
  | 'denied'
  | 'denied-by-system'
  | 'dismissed'
  | 'not-found'
  | 'in-use'
  | 'insecure'
  | 'unsuitable'
  | 'unsupported'
  | 'failed'

/** What to tell, and what to do about it, first step first. */
export interface DeviceHelp {
  readonly cause: DeviceCause
  readonly title: string
  readonly steps: readonly string[]
  /** Whether asking the browser again can help without any other step. */
  readonly canRetry: boolean
}

const CAUSES: Partial<Record<SeameetErrorCode, DeviceCause>> = {
  'device/denied': 'denied',
  'device/denied-by-system': 'denied-by-system',
  'device/dismissed': 'dismissed',
  'device/not-found': 'not-found',
  'device/in-use': 'in-use',
  'device/insecure': 'insecure',
  'device/overconstrained': 'unsuitable',
  'device/unsupported': 'unsupported',
}

/** The cause behind an error code. A code from elsewhere is a plain failure. */
export function causeOf(code: SeameetErrorCode): DeviceCause {
  return CAUSES[code] ?? 'failed'
}

/** Whether somebody or something said no, as against there being no device. */
export function isBlocked(error: SeameetError | null): boolean {
  const cause = error === null ? undefined : causeOf(error.code)
  return cause === 'denied' || cause === 'denied-by-system' || cause === 'dismissed'
}

/** Explains an error in plain words for this browser and system. Two devices with one cause get one explanation. */
export function deviceHelp(
  kinds: readonly [CaptureKind, ...CaptureKind[]],
  code: SeameetErrorCode,
  platform: Platform,
  texts: DeviceTexts,
): DeviceHelp {
  const cause = causeOf(code)
  const name = kinds.length > 1 ? texts.names.both : texts.names[kinds[0]]
  return {
    cause,
    title: texts.titles[cause](name, kinds.length > 1),
    steps: stepsFor(cause, name, platform, texts),
    canRetry: cause !== 'insecure' && cause !== 'unsupported',
  }
}

function stepsFor(cause: DeviceCause, name: string, platform: Platform, texts: DeviceTexts): readonly string[] {
  switch (cause) {
    case 'denied':
      return [texts.allowInBrowser[platform.browser](name), texts.thenRetry]
    case 'denied-by-system':
      return [texts.allowInSystem[platform.system](name), texts.thenRestart]
    default:
      return texts.steps[cause](name)
  }
}
