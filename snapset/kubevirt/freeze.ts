import { cutAt, indicationsOf } from "./judge";
import type { VmiView, VmSnapshotView } from "./objects";

/** From when until when guests are frozen, at the latest. */
export interface FrozenWindow {
  /** When the last of them was frozen. */
  at: Date;
  /** When the first of them thaws by itself. */
  until: Date;
  /** When they were told to thaw before all were known to be cut. */
  brokenOffAt?: Date | undefined;
}

/**
 * Kubernetes writes times in whole seconds, rounded down: a cut in the second of the freeze counts,
 * and one in the last second of the window does not.
 */
const secondMs = 1000;

/**
 * Why a snapshot of a running machine does not hold the moment at which all were frozen; empty when
 * it does. What is cut while a guest is frozen is its state at the freeze, whenever that is: that
 * KubeVirt thaws each machine as soon as it has cut it does no harm. What is cut after the thaw is
 * not, though KubeVirt freezes each guest for it, one by one.
 */
export function frozenDefects(
  snapshot: VmSnapshotView,
  window: FrozenWindow,
  vmi?: VmiView,
): string[] {
  const { at, until, brokenOffAt } = window;
  const seen = indicationsOf(snapshot);
  const cut = Date.parse(cutAt(snapshot) ?? "");
  const end = Math.min(until.getTime(), brokenOffAt?.getTime() ?? Infinity);
  const isWithin = cut >= at.getTime() - secondMs && cut + secondMs <= end;
  // One that was started after the freeze holds nothing still. Our clock may be behind theirs by a second.
  const started = Date.parse(vmi?.metadata.creationTimestamp ?? "");
  const isAnother = started > at.getTime() + secondMs && started <= cut;
  return [
    ...(isAnother
      ? [`it was restarted at ${vmi?.metadata.creationTimestamp ?? ""}, after the freeze`]
      : []),
    ...(isWithin ? [] : [`it was cut at ${cutAt(snapshot) ?? "no time"}, ${inWords(window)}`]),
    ...(seen.includes("GuestAgent") ? [] : ["KubeVirt did not find the guest agent"]),
    ...(seen.includes("QuiesceTimeout") ? ["the guest thawed too early (QuiesceTimeout)"] : []),
  ];
}

function inWords({ at, until, brokenOffAt }: FrozenWindow): string {
  const from = `its guest was frozen from ${at.toISOString()}`;
  return brokenOffAt !== undefined && brokenOffAt < until
    ? `${from} to ${brokenOffAt.toISOString()}, when the capture was broken off`
    : `${from} to ${until.toISOString()} at the latest; a longer snapset:kubevirt.unfreezeTimeout may do`;
}
