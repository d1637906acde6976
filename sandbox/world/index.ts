export type { Effect, Fault, FaultAction, FaultMatch, Service } from "./faults";
export type {
  DiskContent,
  Guest,
  GuestEvent,
  GuestListener,
  GuestNic,
  GuestState,
  GuestVolume,
} from "./guest";
export type { LoggedRequest } from "./requestLog";
export { World } from "./world";
export type { WorldOptions } from "./world";
export { manualTime } from "./worldClock";
export type { Appointment, TimeSource, WorldClock } from "./worldClock";
export type { BaseImage, ExternalNetwork, WorldContent } from "./defaults";
export type { Caller, UserOptions } from "./identity";
export type { Server } from "./compute/records";
export type { Image } from "./images";
