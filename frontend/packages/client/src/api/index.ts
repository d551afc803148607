export type { Store } from './store.ts'
export { SeameetError, isSeameetError, type SeameetErrorCode } from './error.ts'
export type {
  DeliveredLayer,
  Delivery,
  DeliveryCause,
  LocalPublication,
  LocalState,
  MediaKind,
  Publication,
  PublishOptions,
  ScreenShareOptions,
  SendEncoding,
  Source,
  TrackPublication,
  ViewWish,
} from './publication.ts'
export type { AnyParticipant, LocalParticipant, Participant, Quality, QualityCause } from './participant.ts'
export type { Connection, ConnectionReason, ConnectionState, Health } from './connection.ts'
export type {
  Capture,
  CaptureKind,
  DeviceChoice,
  DeviceEvents,
  DeviceInfo,
  DeviceKind,
  DeviceLists,
  Devices,
  LevelMeter,
  Permission,
  Permissions,
} from './devices.ts'
export type { Chat, ChatMessage } from './chat.ts'
export type { ConnectionQuality, LineStats, PathQuality, RoomStats } from './stats.ts'
export type { ConnectOptions, LeaveReason, Room, RoomEvents } from './room.ts'
