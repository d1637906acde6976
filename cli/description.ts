import { formatSeconds } from "../common/errors";
import { formatBytes, formatTime, printable } from "./printable";
import type { MemberView, SetView } from "./setView";
import { table } from "./table";

/** Everything about one set, as `snapset show` prints it. */
export function description(set: SetView): string {
  return [
    factsOf(set),
    section("Members", membersOf(set)),
    section("Volumes that are not in the set", volumesOf(set)),
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
    ["project", set.project],
    ["size", `${formatBytes(set.sizeBytes)} in ${count(set.members.length, "image")}`],
    ["cluster", cluster === null ? "(none)" : `OpenShift ${cluster.version}, ${cluster.id}`],
    ...(cluster === null ? [] : [["nodes", cluster.nodes.join(", ")] as [string, string]]),
  ];
  return facts.map(([name, value]) => `${name.padEnd(12)} ${printable(value)}`).join("\n");
}

function membersOf({ members }: SetView): string {
  return table(
    ["NAME", "ROLE", "IMAGE", "STATUS", "SIZE", "SERVER WAS", "MACS"],
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

function wentDown({ stop }: MemberView): string {
  if (stop === null) return "-";
  return stop === "found" ? "off before" : "stopped";
}

function volumesOf({ members }: SetView): string {
  return members
    .filter((member) => member.excludedVolumes.length > 0)
    .map((member) => printable(`${member.name}: ${member.excludedVolumes.join(" ")}`))
    .join("\n");
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

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
