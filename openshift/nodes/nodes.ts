import type { Node } from "../api/types";

/** On nodes that we cordoned, with the time: tells them from those that somebody else cordoned. */
export const cordonMark = "snapset/cordoned-at";

/** On nodes that were told to shut down: the boot id in which they were told. */
export const shutdownMark = "snapset/shutdown-in-boot";

export function nameOf(node: Node): string {
  return node.metadata.name;
}

/** True when the kubelet reports Ready=True. */
export function isReady(node: Node): boolean {
  return node.status?.conditions?.some((c) => c.type === "Ready" && c.status === "True") ?? false;
}

/** Why it is not Ready and since when, as its condition tells, e.g. `is not Ready since … (KubeletNotReady: …)`. */
export function describeNotReady(node: Node): string {
  const ready = node.status?.conditions?.find(({ type }) => type === "Ready");
  const since = ready?.lastTransitionTime === undefined ? "" : ` since ${ready.lastTransitionTime}`;
  const why = [ready?.reason, ready?.message].filter((text) => text !== undefined && text !== "");
  return `is not Ready${since}${why.length === 0 ? "" : ` (${why.join(": ")})`}`;
}

/** True when the scheduler leaves the node alone, whoever said so. */
export function isCordoned(node: Node): boolean {
  return node.spec?.unschedulable === true;
}

/** True when the cordon is ours. */
export function isCordonedByUs(node: Node): boolean {
  return isCordoned(node) && node.metadata.annotations?.[cordonMark] !== undefined;
}

/** True when we told the node to shut down, in the boot that it reports now. */
export function isToldToShutDown(node: Node): boolean {
  const bootId = bootIdOf(node);
  return bootId !== "" && node.metadata.annotations?.[shutdownMark] === bootId;
}

/** The boot that the kubelet last reported, a UUID, new at each boot; empty before the first report. */
export function bootIdOf(node: Node): string {
  return node.status?.nodeInfo?.bootID ?? "";
}

/** True when the control plane runs on it, whether or not other pods do too. */
export function isMaster(node: Node): boolean {
  return rolesOf(node).some((role) => role === "master" || role === "control-plane");
}

/** The roles in the node's labels, sorted, e.g. `["control-plane", "master", "worker"]`. */
export function rolesOf(node: Node): string[] {
  const prefix = "node-role.kubernetes.io/";
  return Object.keys(node.metadata.labels ?? {})
    .filter((label) => label.startsWith(prefix))
    .map((label) => label.slice(prefix.length))
    .sort();
}
