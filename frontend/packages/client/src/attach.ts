import type { Store } from './api/store.ts'

/**
 * Shows a changing track in a media element. Each track gets a stream of its own, because an element that is given
 * the same stream with another track inside keeps the old picture in some browsers.
 */
export function attachTrack(track: Store<MediaStreamTrack | null>, element: HTMLMediaElement): () => void {
  if (element.tagName === 'VIDEO') {
    element.setAttribute('playsinline', '')
    element.muted = true
  }
  element.autoplay = true
  let shown: MediaStream | null = null
  const show = (): void => {
    const current = track.get()
    if (current === null || typeof MediaStream === 'undefined') {
      if (element.srcObject === shown) element.srcObject = null
      shown = null
      return
    }
    shown = new MediaStream([current])
    element.srcObject = shown
    // Refused autoplay is no fault here: muted video starts anyway, and sound is played by the room's own pool.
    void element.play().catch(() => undefined)
  }
  show()
  const stop = track.subscribe(show)
  return () => {
    stop()
    // Another attach may have taken the element over meanwhile; then it is not ours to clear.
    if (shown !== null && element.srcObject === shown) element.srcObject = null
    shown = null
  }
}
