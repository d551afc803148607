import { useEffect, useState } from 'react'

/** The time in milliseconds since 1970, read again every `everyMs`; stands still while that is null. */
export function useNow(everyMs: number | null): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (everyMs === null) return
    const tick = () => {
      setNow(Date.now())
    }
    tick()
    const timer = setInterval(tick, everyMs)
    return () => {
      clearInterval(timer)
    }
  }, [everyMs])
  return now
}
