import { useLocal, usePreview, useRoom, useStore } from '@seameet/react'
import { useMessages } from '../../i18n/index.tsx'
import type { Preference } from '../../lib/preference.ts'
import type { Theme } from '../../lib/preferences.ts'
import { preferences } from '../../lib/preferences.ts'
import { Button } from '../../ui/button.tsx'
import { DeviceSelect } from '../../ui/device-select.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { SelectField, SwitchField } from '../../ui/field.tsx'
import { Meter } from '../../ui/meter.tsx'
import styles from './settings-dialog.module.css'

interface SettingsDialogProps {
  readonly open: boolean
  readonly onClose: () => void
}

/** Devices, and how the page behaves on this device. */
export function SettingsDialog({ open, onClose }: SettingsDialogProps) {
  const { settings } = useMessages()
  return (
    <Dialog open={open} onClose={onClose} title={settings.title}>
      <div className={styles.parts}>
        <DevicePart />
        <GeneralPart />
      </div>
    </Dialog>
  )
}

function DevicePart() {
  const { settings, device } = useMessages()
  const { devices } = useRoom()
  return (
    <section className={styles.part}>
      <h3 className={styles.heading}>{settings.devices}</h3>
      <DeviceSelect devices={devices} kind="camera" />
      <DeviceSelect devices={devices} kind="microphone" />
      <MicrophoneLevel />
      {devices.canSelectSpeaker ? (
        <div className={styles.speaker}>
          <DeviceSelect devices={devices} kind="speaker" />
          <Button
            icon="speaker"
            onClick={() => {
              // A speaker that cannot play says so by silence, which is what is being tested.
              devices.playTestTone().catch(() => undefined)
            }}
          >
            {device.testSpeaker}
          </Button>
        </div>
      ) : (
        <p className={styles.note}>{device.speakerFixed}</p>
      )}
    </section>
  )
}

/** Shares the capture that runs; a microphone that is off is not opened for the sake of a meter. */
function MicrophoneLevel() {
  const { devices } = useRoom()
  const { microphone } = useLocal()
  const on = useStore(microphone.state) === 'on'
  const { capture } = usePreview(devices, 'microphone', on)
  return <Meter devices={devices} capture={capture} />
}

function GeneralPart() {
  const { settings, app } = useMessages()
  const theme = useStore(preferences.theme)
  return (
    <section className={styles.part}>
      <h3 className={styles.heading}>{settings.general}</h3>
      <SelectField
        label={app.theme}
        icon={theme === 'system' ? 'system' : theme === 'dark' ? 'moon' : 'sun'}
        value={theme}
        onChange={(event) => {
          preferences.theme.set(event.currentTarget.value as Theme)
        }}
      >
        <option value="system">{app.themeSystem}</option>
        <option value="light">{app.themeLight}</option>
        <option value="dark">{app.themeDark}</option>
      </SelectField>
      <PreferenceSwitch preference={preferences.mirror} label={settings.mirror} hint={settings.mirrorHint} />
      <PreferenceSwitch preference={preferences.shortcuts} label={settings.shortcuts} hint={settings.shortcutsHint} />
      <PreferenceSwitch
        preference={preferences.announcements}
        label={settings.announcements}
        hint={settings.announcementsHint}
      />
    </section>
  )
}

interface PreferenceSwitchProps {
  readonly preference: Preference<boolean>
  readonly label: string
  readonly hint: string
}

function PreferenceSwitch({ preference, label, hint }: PreferenceSwitchProps) {
  const checked = useStore(preference)
  return <SwitchField label={label} hint={hint} checked={checked} onChange={preference.set} />
}
