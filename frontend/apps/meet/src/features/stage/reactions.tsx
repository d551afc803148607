import { useRoomEvent } from '@seameet/react'
import { useState } from 'react'
import { useMessages } from '../../i18n/index.tsx'
import { Hidden } from '../../ui/hidden.tsx'
import { REACTIONS, ReactionSign } from '../../ui/reaction-sign.tsx'
import styles from './reactions.module.css'

/** More at once would hide faces; the oldest give way. */
const MOST_SHOWN = 12

interface Shown {
  readonly key: number
  readonly reaction: string
  readonly name: string
}

/** Reactions rise at the edge of the stage and are gone. */
export function Reactions() {
  const { reaction: nameOf } = useMessages()
  const [shown, setShown] = useState<readonly Shown[]>([])
  useRoomEvent('reaction-received', ({ participant, reaction }) => {
    // Only the signs that this app offers: a peer may send any text.
    if (!REACTIONS.includes(reaction)) return
    setShown((before) => {
      const key = (before.at(-1)?.key ?? 0) + 1
      return [...before, { key, reaction, name: participant.name.get() }].slice(-MOST_SHOWN)
    })
  })
  return (
    <div className={styles.reactions} role="log" aria-live="polite" aria-relevant="additions">
      {shown.map(({ key, reaction, name }) => (
        <span
          key={key}
          className={styles.reaction}
          data-lane={key % 3}
          onAnimationEnd={() => {
            setShown((before) => before.filter((one) => one.key !== key))
          }}
        >
          <span className={styles.sign}>
            <ReactionSign reaction={reaction} size={44} />
          </span>
          <span className={styles.name}>{name}</span>
          <Hidden>{nameOf(reaction)}</Hidden>
        </span>
      ))}
    </div>
  )
}
