import { counted } from "../common/counted";
import { formatSeconds } from "../common/errors";
import { formatBytes, formatTime, printable } from "./printable";
import { volumeBytesOf, type MemberView, type SetView } from "./setView";
import { table } from "./table";

/** Everything about one set, as `snapset show` prints it. */
export function description(set: SetView): string {
  return [
    factsOf(set),
    section("Members", membersOf(set)),
    section("Volumes", volumesOf(set)),
    section("Phases of the capture", phasesOf(set)),
    section("It cannot be restored", set.problems.map((it) => `- ${printable(it)}`).join("\n")),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function factsOf(set: SetView): string {
  const { cluster } = set;
  const facts: [string, string][] = [
    ["snap_id", set.snapId],
    ["environment", set.environment ?? "(unknown)"],
    ["captured at", formatTime(set.capturedAt)],
    ["not after", set.notAfter === null ? "(unknown)" : formatTime(set.notAfter)],
    ["state", set.state === "refused" ? "cannot be restored, see below" : set.state],
    ["made by", set.madeBy],
    set.namespace === null ? ["project", set.project ?? ""] : ["namespace", set.namespace],
    ["size", sizeOf(set)],
    ["consistency", set.consistency ?? "(unknown)"],
    ["cluster", cluster === null ? "(none)" : `OpenShift ${cluster.version}, ${cluster.id}`],
    ...(cluster === null ? [] : [["nodes", cluster.nodes.join(", ")] as [string, string]]),
  ];
  return facts.map(([name, value]) => `${name.padEnd(12)} ${printable(value)}`).join("\n");
}

function membersOf({ members, namespace }: SetView): string {
  const [made, of] = namespace === null ? ["IMAGE", "SERVER"] : ["SNAPSHOT", "MACHINE"];
  return table(
    ["NAME", "ROLE", made, "STATUS", "SIZE", `${of} WAS`, "MACS"],
    members.map((member) => [
      member.name,
      member.role,
      member.imageId,
      member.imageStatus,
      member.sizeBytes === null ? "-" : formatBytes(member.sizeBytes),
      wentDown(member),
      member.macAddresses.join(" "),
    ]),
  );
}

function sizeOf({ sizeBytes, members, namespace }: SetView): string {
  // All that a snapshot of a virtual machine holds are its volumes.
  if (namespace !== null) {
    return `${formatBytes(sizeBytes)} in ${counted(members.length, "snapshot")}`;
  }
  const volumes = members.flatMap((member) => member.volumes);
  const held = volumes.filter((volume) => volume.snapshotId !== null).length;
  const images = counted(members.length, "image");
  if (held === 0) return `${formatBytes(sizeBytes)} in ${images}`;
  const volumeBytes = members.reduce((sum, member) => sum + volumeBytesOf(member), 0);
  return (
    `${formatBytes(sizeBytes)}: ${formatBytes(sizeBytes - volumeBytes)} in ${images}, ` +
    `${formatBytes(volumeBytes)} in ${counted(held, "volume snapshot")}`
  );
}

/** `graceful in 12 s`, with what the image of a server that ran is worth. */
function wentDown({ stop, stopSeconds, indications }: MemberView): string {
  if (stop === null) return "-";
  const how = stop === "found" ? "off before" : stop;
  const took = stopSeconds === null ? "" : ` in ${formatSeconds(stopSeconds * 1000)}`;
  const worth = indications.length === 0 ? "" : ` (${indications.join(", ")})`;
  return how + took + worth;
}

function volumesOf({ members }: SetView): string {
  const rows = members.flatMap((member) =>
    member.volumes.map((volume) => [
      member.name,
      volume.name,
      volume.device ?? "-",
      `${volume.sizeGb} GiB`,
      volume.type ?? "-",
      volume.isRoot ? "root" : "data",
      volume.policy,
      volume.snapshotId ?? "-",
      volume.snapshotStatus ?? "-",
    ]),
  );
  if (rows.length === 0) return "";
  const headings = ["NODE", "NAME", "DEVICE", "SIZE", "TYPE", "USE", "POLICY", "SNAPSHOT"];
  return table([...headings, "STATUS"], rows);
}

function phasesOf({ phases }: SetView): string {
  if (phases.length === 0) return "";
  return table(
    ["PHASE", "STARTED AT", "TOOK", "EVIDENCE"],
    phases.map((phase) => [
      phase.name,
      formatTime(phase.startedAt),
      formatSeconds(Date.parse(phase.endedAt) - Date.parse(phase.startedAt)),
      phase.evidence,
    ]),
  );
}

function section(title: string, body: string): string {
  if (body === "") return "";
  const indented = body
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
  return `${title}\n${indented}`;
}
