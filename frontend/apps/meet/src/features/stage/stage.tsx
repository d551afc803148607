import type { GridRules } from '@seameet/react'
import { GRID_RULES, useLayout } from '@seameet/react'
import { useState } from 'react'
import { useMessages } from '../../i18n/index.tsx'
import { Alone } from './alone.tsx'
import { Pager } from './pager.tsx'
import { Reactions } from './reactions.tsx'
import styles from './stage.module.css'
import { Tile } from './tile.tsx'
import { useTiles } from './use-tiles.ts'

const NARROW_RULES: GridRules = { ...GRID_RULES, gap: 8, minWidth: 112 }

interface StageProps {
  /** The link that brings others here. */
  readonly link: string
  /** Whether the window is a phone's. */
  readonly narrow: boolean
  /** Covered by something else, so that nothing in it may be reached. */
  readonly covered: boolean
}

/** Everyone in the call. */
export function Stage({ link, narrow, covered }: StageProps) {
  const { room } = useMessages()
  const [pinned, setPinned] = useState<string | undefined>(undefined)
  const tiles = useTiles(pinned)
  const { stageRef, arrangement, turnTo } = useLayout(tiles, narrow ? NARROW_RULES : GRID_RULES)
  const alone = tiles.length === 1
  return (
    <main id="content" tabIndex={-1} className={styles.stage} inert={covered} data-mode={arrangement.mode}>
      <div className={styles.floor} ref={stageRef}>
        <ul className={styles.tiles} aria-label={room.stage}>
          {tiles.map((item) => {
            const place = arrangement.places.get(item.key)
            if (place === undefined) return null
            return <Tile key={item.key} item={item} place={place} pinned={pinned === item.key} onPin={setPinned} />
          })}
        </ul>
        {alone && <Alone link={link} />}
        <Reactions />
      </div>
      {arrangement.pages > 1 && <Pager page={arrangement.page} pages={arrangement.pages} onTurn={turnTo} />}
    </main>
  )
}
