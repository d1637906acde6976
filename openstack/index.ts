export { connect, type OpenStack } from "./connect";
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
