import { listed } from "../../common/listed";
import { begunMark, type ResetWish } from "./mark";
import type { ObservedNode, VolumeView } from "./resetNode";
import { nodesToReset } from "./resetPlan";
import { attachedTo } from "./volumePlan";

/** KubeVirt's words for what becomes of a target that runs. */
export const readinessPolicies = [
  "StopTarget",
  "WaitGracePeriod",
  "FailImmediate",
  "WaitEventually",
] as const;
export type ReadinessPolicy = (typeof readinessPolicies)[number];

/** What becomes of machines that run when they are to be restored. */
export interface Readiness {
  policy: ReadinessPolicy;
  /** Milliseconds. */
  gracePeriod: number;
}

/**
 * For how long somebody is waited for to stop the machines, in milliseconds; undefined where nobody
 * is: `StopTarget` does it itself, and `FailImmediate` was the preflight's.
 *
 * @param deadlineMs of the whole restore
 */
export function patienceOf(
  { policy, gracePeriod }: Readiness,
  deadlineMs: number,
): number | undefined {
  switch (policy) {
    case "StopTarget":
    case "FailImmediate":
      return undefined;
    case "WaitGracePeriod":
      return gracePeriod;
    case "WaitEventually":
      return deadlineMs;
  }
}

/** What a reset would do, and what speaks against it. */
export interface ResetVerdict {
  /** Names of the nodes that would be changed; empty when all are as they should be. */
  nodes: string[];
  /** Of these, the ones that run and were not told to stop by this very reset before. */
  running: string[];
  problems: string[];
  warnings: string[];
}

/** Statuses that a reset knows the way from; REBUILD is what an interrupted one leaves. */
const startingPoints = ["ACTIVE", "SHUTOFF", "ERROR", "REBUILD"];

/** Judges a reset before its first change. */
export function judgeReset(
  nodes: readonly ObservedNode[],
  snapshots: readonly { volume_id: string }[],
  wish: ResetWish,
  readiness: ReadinessPolicy,
): ResetVerdict {
  const changed = nodesToReset(nodes, wish);
  const running = changed.filter(
    ({ server }) =>
      server !== undefined && !isDownByItself(server.status) && server.mark !== begunMark(wish),
  );
  const names = running.map(({ node }) => node.name);
  return {
    nodes: changed.map(({ node }) => node.name),
    running: names,
    problems: [
      ...changed.flatMap((seen) => [...serverProblems(seen), ...volumeProblems(seen, snapshots)]),
      ...(readiness === "FailImmediate" && names.length > 0
        ? [
            `${listed(names)} must be SHUTOFF, as snapset:restore.targetReadiness is FailImmediate: ` +
              "stop them, or let StopTarget do it",
          ]
        : []),
    ],
    warnings: changed.flatMap((seen) => strangerWarnings(seen)),
  };
}

/** Nodes that no reset can put back, each with its way out; known before anything is made. */
export function rootVolumeProblems(
  nodes: readonly { name: string; rootVolume?: unknown }[],
): string[] {
  return nodes.flatMap(({ name, rootVolume }) =>
    rootVolume === undefined
      ? []
      : [
          `${name} boots from a volume, which Nova cannot put back in place: say snapset:restore replace`,
        ],
  );
}

function isDownByItself(status: string): boolean {
  return status !== "ACTIVE" && startingPoints.includes(status);
}

function serverProblems({ node, server }: ObservedNode): string[] {
  const what = `server ${node.name} (${node.serverId})`;
  if (server === undefined) {
    return [`${what} is gone: \`pulumi refresh\` lets the next \`pulumi up\` make it anew`];
  }
  return [
    ...(startingPoints.includes(server.status)
      ? []
      : [`${what} is ${server.status}: bring it to ACTIVE or SHUTOFF`]),
    ...(server.isLocked ? [`${what} is locked: unlock it`] : []),
    ...(server.imageId === ""
      ? [
          `${what} boots from a volume, which Nova cannot put back in place: say snapset:restore replace`,
        ]
      : []),
    ...(node.imageId === "" ? [`the set has no image of ${node.name}`] : []),
  ];
}

/** Cinder deletes no volume that has snapshots: when it is replaced it would stay, and `up` fail at its end. */
function volumeProblems(seen: ObservedNode, snapshots: readonly { volume_id: string }[]): string[] {
  const wanted = new Set(seen.node.volumes.map(({ volumeId }) => volumeId));
  return attachedTo(seen)
    .own.filter(({ id }) => !wanted.has(id) && snapshots.some((it) => it.volume_id === id))
    .map(
      (volume) =>
        `${labelOf(volume, seen)} has snapshots, which keep it from being replaced: delete the sets or ` +
        "snapshots that they are of, or restore into a stack of its own",
    );
}

function strangerWarnings(seen: ObservedNode): string[] {
  return attachedTo(seen).others.map(
    (volume) =>
      `${labelOf(volume, seen)} is not the environment's: it stays attached, with what is on it`,
  );
}

function labelOf({ id, name }: VolumeView, { node }: ObservedNode): string {
  return `volume ${name === "" ? id : `${name} (${id})`} of ${node.name}`;
}
