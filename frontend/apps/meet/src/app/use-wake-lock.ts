import { useEffect } from 'react'

/** Keeps the screen from going dark during a call, where the browser can, and again after each return to the page. */
export function useWakeLock(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | undefined
    let over = false
    const take = () => {
      if (document.visibilityState !== 'visible') return
      void requestLock().then((taken) => {
        if (over) void taken?.release()
        else lock = taken
      })
    }
    take()
    document.addEventListener('visibilitychange', take)
    return () => {
      over = true
      document.removeEventListener('visibilitychange', take)
      void lock?.release()
    }
  }, [])
}

/** A refusal, as on low battery, changes nothing about the call. */
async function requestLock(): Promise<WakeLockSentinel | undefined> {
  try {
    const { wakeLock } = navigator as Partial<Pick<Navigator, 'wakeLock'>>
    return await wakeLock?.request('screen')
  } catch {
    return undefined
  }
}
