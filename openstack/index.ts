export { connect, type ConnectOptions, type OpenStack } from "./connect";
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
export type { Compute } from "./compute/Compute";
export type {
  ComputeLimits,
  Flavor,
  Server,
  ServerInterface,
  ServerQuery,
  VolumeAttachment,
} from "./compute/types";
export type { ImageService } from "./image/ImageService";
export type { Image, ImagePatch, ImageQuery } from "./image/types";
export type { NetworkService } from "./network/NetworkService";
export type {
  FloatingIp,
  FloatingIpQuery,
  Network,
  NetworkQuery,
  Port,
  PortQuery,
  Router,
  Subnet,
} from "./network/types";
export type { BlockStorageService } from "./block-storage/BlockStorageService";
export type {
  BlockStorageLimits,
  BlockStorageQuery,
  Snapshot,
  Volume,
} from "./block-storage/types";
