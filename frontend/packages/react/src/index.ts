export { useStore, useOptionalStore } from './use-store.ts'
export { RoomProvider, useLocal, useRoom, useRoomEvent } from './room-context.tsx'
export {
  useAudioStart,
  useConnection,
  useHands,
  useParticipants,
  usePublication,
  useSpeaking,
  type PublicationState,
} from './use-room-state.ts'
export { useChat, useUnread, type ChatView } from './use-chat.ts'
export { useDevices, usePreview, type DeviceView, type Preview, type PreviewState } from './use-devices.ts'
export { useCaptureLevel, useLevel, type LevelReading } from './use-level.ts'
export { useStats } from './use-stats.ts'
export { VideoView } from './video-view.tsx'
export { useLayout, type LayoutView } from './use-layout.ts'
export { arrange, type Arrangement, type LayoutItem, type LayoutMode, type Placement } from './layout/arrange.ts'
export { GRID_RULES, layout, tilesPerPage, type GridRules, type Rect, type Size } from './layout/grid.ts'
