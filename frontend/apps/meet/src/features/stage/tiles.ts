import type { AnyParticipant } from '@seameet/client'
import type { LayoutItem } from '@seameet/react'

/** One tile: somebody's camera, or a screen they share. */
export interface TileItem extends LayoutItem {
  readonly participant: AnyParticipant
  readonly source: 'camera' | 'screen'
}

/**
 * The tiles of a call in a stable order: oneself, then the others as they came, each followed by a shared screen.
 * Shared screens of others are featured; one's own is not, for it would show itself in itself. A pinned tile takes
 * the place of the screens.
 */
export function tilesOf(people: readonly AnyParticipant[], pinned: string | undefined): TileItem[] {
  const tiles = people.flatMap((participant): TileItem[] => {
    const camera: TileItem = {
      key: participant.key,
      participant,
      source: 'camera',
      self: participant.isLocal,
    }
    if (!sharesScreen(participant)) return [camera]
    const screen: TileItem = { key: screenKey(participant), participant, source: 'screen' }
    return [camera, screen]
  })
  const isPinned = tiles.some((tile) => tile.key === pinned)
  return tiles.map((tile) => ({ ...tile, featured: isPinned ? tile.key === pinned : isFeatured(tile) }))
}

function isFeatured(tile: TileItem): boolean {
  return tile.source === 'screen' && !tile.participant.isLocal
}

function screenKey(participant: AnyParticipant): string {
  return `${participant.key} screen`
}

/** Whether a screen of this participant is there to be seen. */
export function sharesScreen(participant: AnyParticipant): boolean {
  const screen = participant.publication('screen')
  if (screen === undefined) return false
  return !participant.isLocal || !screen.muted.get()
}
