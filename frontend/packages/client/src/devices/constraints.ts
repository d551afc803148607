import type { CaptureKind } from '../api/devices.ts'

/** The id that stands for the system's own choice. */
export const DEFAULT_DEVICE = 'default'

/** What is asked for, from the best to the barely useful. Each is tried when the one before cannot be fulfilled. */
export function constraintLadder(kind: CaptureKind, deviceId: string): readonly MediaStreamConstraints[] {
  const device: MediaTrackConstraints = deviceId === DEFAULT_DEVICE ? {} : { deviceId: { exact: deviceId } }
  if (kind === 'microphone') {
    const quality = { echoCancellation: true, noiseSuppression: true, autoGainControl: true }
    return [{ audio: { ...quality, ...device } }, { audio: { ...device } }, { audio: true }]
  }
  const quality = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } }
  return [{ video: { ...quality, ...device } }, { video: { ...device } }, { video: true }]
}
