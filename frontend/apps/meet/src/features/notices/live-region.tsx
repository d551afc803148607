import { useRoom, useStore } from '@seameet/react'
import { useEffect, useMemo, useState } from 'react'
import { useMessages } from '../../i18n/index.tsx'
import type { Announcement } from '../../lib/announcer.ts'
import { Announcer } from '../../lib/announcer.ts'
import { preferences } from '../../lib/preferences.ts'
import { Hidden } from '../../ui/hidden.tsx'
import { watchFacts } from './facts.ts'

/** Old sentences are taken out, so that nobody finds them when reading the page from the top. */
const FORGET_MS = 6000

interface Spoken extends Announcement {
  readonly key: number
}

/** Tells screen readers who comes, goes, raises a hand or shares, and when the connection is lost. */
export function LiveRegion({ chatOpen }: { readonly chatOpen: boolean }) {
  const enabled = useStore(preferences.announcements)
  return enabled ? <Region chatOpen={chatOpen} /> : null
}

function Region({ chatOpen }: { readonly chatOpen: boolean }) {
  const spoken = useSpoken(chatOpen)
  return (
    <Hidden>
      <span role="log" aria-live="polite" data-testid="announcements">
        {spoken.filter(isPolite).map((one) => (
          <span key={one.key}>{one.text} </span>
        ))}
      </span>
      <span role="alert" aria-live="assertive">
        {spoken
          .filter((one) => !isPolite(one))
          .map((one) => (
            <span key={one.key}>{one.text} </span>
          ))}
      </span>
    </Hidden>
  )
}

/** Drives the announcer: hands it facts and time, and shows what it says. */
function useSpoken(chatOpen: boolean): readonly Spoken[] {
  const room = useRoom()
  const { announce } = useMessages()
  const announcer = useMemo(() => new Announcer(announce), [announce])
  const [spoken, setSpoken] = useState<readonly Spoken[]>([])
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let next = 0
    const speak = () => {
      clearTimeout(timer)
      const now = Date.now()
      for (let said = announcer.poll(now); said !== undefined; said = announcer.poll(now)) {
        const entry: Spoken = { ...said, key: (next += 1) }
        setSpoken((before) => [...before, entry])
        setTimeout(() => {
          setSpoken((before) => before.filter((one) => one !== entry))
        }, FORGET_MS)
      }
      const due = announcer.nextDue()
      if (due !== undefined) timer = setTimeout(speak, Math.max(0, due - Date.now()))
    }
    const stop = watchFacts(room, (fact) => {
      if (fact.kind === 'message' && chatOpen) return
      announcer.handle(fact, Date.now())
      speak()
    })
    return () => {
      clearTimeout(timer)
      stop()
    }
  }, [room, announcer, chatOpen])
  return spoken
}

function isPolite(announcement: Announcement): boolean {
  return announcement.politeness === 'polite'
}

