import type { RoomStats } from '@seameet/client'
import { useEffect, useState } from 'react'
import { useRoom } from './room-context.tsx'

/** The figures of the call, read again every `everyMs`; null before the first reading. */
export function useStats(everyMs: number): RoomStats | null {
  const room = useRoom()
  const [stats, setStats] = useState<RoomStats | null>(null)
  useEffect(() => {
    let over = false
    const read = () => {
      room.stats().then((next) => {
        if (!over) setStats(next)
      }, ignore)
    }
    read()
    const timer = setInterval(read, everyMs)
    return () => {
      over = true
      clearInterval(timer)
    }
  }, [room, everyMs])
  return stats
}

/** A connection that closes while it is asked has no figures; the next reading may have some. */
function ignore(): void {
  // Nothing else to do.
}
