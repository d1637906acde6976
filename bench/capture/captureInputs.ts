import type { CaptureInputs } from "../../platforms/capture/types";
import type { Instance } from "../../snapset/snapsetData";

/** A capture of some servers as `snapset:` configuration without any wishes gives it. */
export function captureInputs(snapId: string, instances: Instance[]): CaptureInputs {
  return {
    snapId,
    environmentName: "bench",
    environment: null,
    instances,
    consistency: "shutdown",
    volumes: {},
    parallelImages: 256,
    imagesPerHost: 5,
    deadlines: { stop: 300_000, images: 3_600_000, idle: 30_000 },
    shutdownTimeout: 60_000,
    cluster: null,
    deletionPolicy: "Delete",
    afterCapture: "leave",
    onFailure: "giveBack",
    selfUrn: "",
  };
}
