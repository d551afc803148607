import type { Capture, CaptureKind, DeviceInfo, DeviceKind, Devices, SeameetError } from '@seameet/client'
import { useEffect, useState } from 'react'
import { useStore } from './use-store.ts'

/** One kind of device, ready for a chooser. */
export interface DeviceView {
  readonly list: readonly DeviceInfo[]
  readonly wanted: string
  readonly actual: DeviceInfo | null
  readonly error: SeameetError | null
  readonly select: (deviceId: string) => void
}

/** The devices of one kind and the choice among them. */
export function useDevices(devices: Devices, kind: DeviceKind): DeviceView {
  const choice = devices[kind]
  const list = useStore(devices.list, (lists) => lists[kind])
  const wanted = useStore(choice.wanted)
  const actual = useStore(choice.actual)
  const error = useStore(choice.error)
  // A refused switch shows in `error`; the promise tells nothing more.
  return { list, wanted, actual, error, select: (id) => void choice.select(id).catch(() => undefined) }
}

/** What became of the wish to capture. */
export type PreviewState = 'off' | 'starting' | 'on' | 'failed'

export interface Preview {
  readonly state: PreviewState
  readonly capture: Capture | null
  readonly error: SeameetError | null
  readonly retry: () => void
}

interface Outcome {
  readonly attempt: string
  readonly capture: Capture | null
  readonly error: SeameetError | null
}

/** Holds a capture while `wanted`, lets go of it when not or when the component leaves. */
export function usePreview(devices: Devices, kind: CaptureKind, wanted: boolean): Preview {
  const [tries, setTries] = useState(0)
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  const attempt = `${kind} ${String(tries)}`
  useEffect(() => {
    if (!wanted) return
    return holdCapture(devices, kind, (capture, error) => {
      setOutcome(capture === null && error === null ? null : { attempt, capture, error })
    })
  }, [devices, kind, wanted, attempt])

  const failure = wanted && outcome?.attempt === attempt ? outcome.error : null
  useEffect(() => {
    if (failure === null) return
    return whenWorthAnotherTry(devices, kind, failure, () => {
      setTries((count) => count + 1)
    })
  }, [devices, kind, failure])

  const current = wanted && outcome?.attempt === attempt ? outcome : null
  const state = !wanted ? 'off' : current === null ? 'starting' : current.capture === null ? 'failed' : 'on'
  return {
    state,
    capture: current?.capture ?? null,
    error: current?.error ?? null,
    retry: () => {
      setTries((count) => count + 1)
    },
  }
}

/** A device that is plugged in, or a permission that is given, answers the failure without any press of a button. */
function whenWorthAnotherTry(devices: Devices, kind: CaptureKind, failure: SeameetError, retry: () => void) {
  const known = devices.list.get()[kind].length
  const stops = [
    devices.list.subscribe(() => {
      if (failure.code === 'device/not-found' && devices.list.get()[kind].length > known) retry()
    }),
    devices.permission.subscribe(() => {
      if (failure.code !== 'device/not-found' && devices.permission.get()[kind] === 'granted') retry()
    }),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

type Report = (capture: Capture | null, error: SeameetError | null) => void

/** The hold may be given back before the browser granted it; then it is released as soon as it arrives. */
function holdCapture(devices: Devices, kind: CaptureKind, report: Report): () => void {
  let held: Capture | null = null
  let over = false
  devices.preview(kind).then(
    (capture) => {
      if (over) {
        capture.release()
        return
      }
      held = capture
      report(capture, null)
    },
    (error: unknown) => {
      if (!over) report(null, error as SeameetError)
    },
  )
  return () => {
    over = true
    held?.release()
    report(null, null)
  }
}
