export { causesAgainst, webhookNames } from "./admission";
export { ApiRefusal, type Cause } from "./ApiRefusal";
export { aboutOf, type Served } from "./apiRequest";
export { kubevirtApp } from "./app";
export { storageObjects } from "./clusterObjects";
export { controllers, running } from "./controller";
export type { Context, Write } from "./controller/context";
export { subresourceList, subresourceVersions } from "./discovery";
export { Disks } from "./disks";
export { Faults, type Fault } from "./faults";
export { firmwarePatch } from "./firmware";
export type { GuestMachine } from "./GuestMachine";
export { GuestAccess } from "./guestAccess";
export { kubeconfigOf, listen, type Listening } from "./listen";
export { ModelControllers } from "./ModelControllers";
export { ObjectStore } from "./ObjectStore";
export {
  apiVersionOf,
  claims,
  customTypes,
  nameOf,
  pathOf,
  persistentVolumes,
  resourceTypes,
  storageClassType,
  type ResourceType,
} from "./resources";
export { schemaOf } from "./schema";
export { serveSubresource, type SubresourceCall } from "./subresources";
export { usualTimes, type Times } from "./times";
export { missingOf, objectsOf, type WantedVm } from "./wantedVm";
