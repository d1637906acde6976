import type { NodeView } from "../../../snapset/ironic/node";
import type { SnapshotObservation } from "../../../snapset/ironic/snapshotPlan";

export const snapId = "AbCdEf12";
export const imageId = "66498c26-a9b5-496c-97a8-5bc08f256155";

/** A machine that is deployed and off. */
export function node(more: Partial<NodeView> = {}): NodeView {
  return {
    uuid: "uuid-1",
    name: "rack-1",
    driver: "ipmi",
    provisionState: "active",
    provisionUpdatedAt: "2026-01-01T00:00:00+00:00",
    powerState: "power off",
    targetPowerState: null,
    powerChangedAt: undefined,
    lastError: null,
    isInMaintenance: false,
    maintenanceReason: null,
    reservation: null,
    isProtected: false,
    owner: null,
    lessee: null,
    serverId: null,
    snapshotInterface: "agent",
    imageId: "base-image",
    diskGb: 10,
    rootDevice: undefined,
    snapshotMark: undefined,
    restoreMark: undefined,
    restoredImageId: undefined,
    macAddresses: ["52:54:00:aa:bb:01"],
    ...more,
  };
}

/** A node whose holder is there, before its snapshot was asked for. */
export function observed(
  seen: Partial<NodeView> = {},
  more: Partial<SnapshotObservation> = {},
): SnapshotObservation {
  return {
    member: "master0",
    snapId,
    node: node(seen),
    image: { id: imageId, status: "queued" },
    isExpectedOff: true,
    isFinished: false,
    attempts: 0,
    mayAsk: true,
    idleMs: 0,
    refusal: undefined,
    ...more,
  };
}
