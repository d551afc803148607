import type { DeviceKind, Devices } from '@seameet/client'
import { useDevices } from '@seameet/react'
import { useMessages } from '../i18n/index.tsx'
import { SelectField } from './field.tsx'
import type { IconName } from './icons.ts'

const SIGNS: Readonly<Record<DeviceKind, IconName>> = { camera: 'camera', microphone: 'mic', speaker: 'speaker' }

interface DeviceSelectProps {
  readonly devices: Devices
  readonly kind: DeviceKind
  readonly compact?: boolean
}

/** Chooses a camera, microphone or speaker. Shows what is in use, not only what was wished. */
export function DeviceSelect({ devices, kind, compact = false }: DeviceSelectProps) {
  const { device } = useMessages()
  const { list, wanted, actual, select } = useDevices(devices, kind)
  const choices = list.filter((one) => one.id !== 'default' && one.id !== '')
  const value = choices.some((one) => one.id === wanted) ? wanted : 'default'
  const inUse = value === 'default' && actual !== null && actual.label !== '' ? ` (${actual.label})` : ''
  return (
    <SelectField
      label={device[kind]}
      icon={SIGNS[kind]}
      compact={compact}
      value={value}
      disabled={list.length === 0}
      onChange={(event) => {
        select(event.currentTarget.value)
      }}
    >
      {list.length === 0 ? (
        <option value="default">{device.none(device[kind])}</option>
      ) : (
        <option value="default">{device.systemDefault + inUse}</option>
      )}
      {choices.map((one, at) => (
        <option key={one.id} value={one.id}>
          {one.label === '' ? device.unnamed(device[kind], at + 1) : one.label}
        </option>
      ))}
    </SelectField>
  )
}
