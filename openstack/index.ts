export { connect, type OpenStack } from "./connect";
export { snapshotMicroversion } from "./bare-metal/microversions";
export type { BareMetalNode } from "./bare-metal/types";
export type { Snapshot, Volume } from "./block-storage/types";
export type { Server } from "./compute/types";
export {
  ApiError,
  ConnectionError,
  isBadRequest,
  isConflict,
  isForbidden,
  isNotFound,
  isOverLimit,
  isUnauthorized,
} from "./http/ApiError";
export type { Image } from "./image/types";
