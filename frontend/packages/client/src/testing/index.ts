export { FakeRoom, createFakeRoom } from './fake-room.ts'
export { FakeDevices, FakeDeviceChoice, type FakeDevicesInit } from './fake-devices.ts'
export { FakeLocalParticipant, FakeParticipant, type FakeParticipantInit } from './fake-participant.ts'
export { FakeLocalPublication, FakePublication } from './fake-publication.ts'
