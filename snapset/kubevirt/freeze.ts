import { cutAt, indicationsOf } from "./judge";
import type { VmSnapshotView } from "./objects";

/** From when until when guests are frozen, at the latest. */
export interface FrozenWindow {
  /** When the last of them was frozen. */
  at: Date;
  /** When the first of them thaws by itself. */
  until: Date;
}

/**
 * Kubernetes writes times in whole seconds, rounded down: a cut in the second of the freeze counts,
 * and one in the last second of the window does not.
 */
const secondMs = 1000;

/**
 * Why a snapshot of a running machine does not hold the moment at which all were frozen; empty when
 * it does. What is cut while a guest is frozen is its state at the freeze, whenever that is: that
 * KubeVirt thaws each machine as soon as it has cut it does no harm.
 */
export function frozenDefects(snapshot: VmSnapshotView, { at, until }: FrozenWindow): string[] {
  const seen = indicationsOf(snapshot);
  const cut = Date.parse(cutAt(snapshot) ?? "");
  const isWithin = cut >= at.getTime() - secondMs && cut + secondMs <= until.getTime();
  return [
    ...(isWithin
      ? []
      : [
          `it was cut at ${cutAt(snapshot) ?? "no time"}, its guest was frozen from ${at.toISOString()} ` +
            `to ${until.toISOString()} at the latest; a longer snapset:kubevirt.unfreezeTimeout may do`,
        ]),
    ...(seen.includes("GuestAgent") ? [] : ["KubeVirt did not find the guest agent"]),
    ...(seen.includes("QuiesceTimeout") ? ["the guest thawed too early (QuiesceTimeout)"] : []),
  ];
}
