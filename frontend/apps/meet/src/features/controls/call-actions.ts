import type { LocalPublication, Room } from '@seameet/client'
import { isSeameetError } from '@seameet/client'

/** What controls and shortcuts do. One place, so that a key and a button never differ. */
export interface CallActions {
  readonly toggleMicrophone: () => void
  readonly toggleCamera: () => void
  readonly toggleScreen: () => void
  readonly toggleHand: () => void
}

/**
 * The actions for a room. Devices that fail show in their publication's own state and in `publish-failed`; a screen
 * that cannot be shared is told to `onShareFailed`, unless its owner closed the browser's picker.
 */
export function callActions({ local }: Room, onShareFailed: () => void): CallActions {
  return {
    toggleMicrophone: () => {
      toggle(local.microphone)
    },
    toggleCamera: () => {
      toggle(local.camera)
    },
    toggleScreen: () => {
      if (local.screen.wanted.get()) local.stopScreenShare()
      else {
        local.shareScreen({ audio: true }).catch((error: unknown) => {
          if (!isSeameetError(error) || error.code !== 'device/dismissed') onShareFailed()
        })
      }
    },
    toggleHand: () => {
      if (local.handRaised.get()) local.lowerHand()
      else local.raiseHand()
    },
  }
}

/** Whether this browser can share a screen at all; phones cannot. */
export function canShareScreen(): boolean {
  const media = (navigator as Partial<Navigator>).mediaDevices as Partial<MediaDevices> | undefined
  return typeof media?.getDisplayMedia === 'function'
}

function toggle(publication: LocalPublication): void {
  if (publication.wanted.get()) publication.disable()
  else publication.enable().catch(ignore)
}

function ignore(): void {
  // Told elsewhere: see `CallActions`.
}
