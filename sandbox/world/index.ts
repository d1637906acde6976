export type { FaultAction } from "./faults";
export type { DiskContent, Guest } from "./guest";
export { World } from "./world";
export type { WorldOptions } from "./world";
export { manualTime } from "./worldClock";
export type { Appointment, WorldClock } from "./worldClock";
export type { Caller } from "./identity";
export type { Image } from "./images";
