import type { LocalPublication, Room } from '@seameet/client'

/** What controls and shortcuts do. One place, so that a key and a button never differ. */
export interface CallActions {
  readonly toggleMicrophone: () => void
  readonly toggleCamera: () => void
  readonly toggleScreen: () => void
  readonly toggleHand: () => void
}

/** The actions for a room. Failures show in the publication's own state and in `publish-failed`. */
export function callActions({ local }: Room): CallActions {
  return {
    toggleMicrophone: () => {
      toggle(local.microphone)
    },
    toggleCamera: () => {
      toggle(local.camera)
    },
    toggleScreen: () => {
      if (local.screen.wanted.get()) local.stopScreenShare()
      else local.shareScreen({ audio: true }).catch(ignore)
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
