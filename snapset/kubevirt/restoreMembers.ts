import { InputError } from "../../common/errors";
import type { ManifestMember } from "../manifest";
import { restoreMemberOf, type RestoreMember } from "../restoreOrder";
import type { KubevirtSettings } from "./settings";

/**
 * The members of a set that are to be restored, each with the machine that it goes to: its own, unless
 * another one is named.
 *
 * @throws {InputError} naming what the set has no member for
 */
export function restoreMembersOf(
  members: readonly ManifestMember[],
  { names, targets }: Pick<KubevirtSettings, "names" | "targets">,
): RestoreMember[] {
  const known = members.map(({ name }) => name);
  const problems = [
    ...(names ?? []).map((name) => ({ key: "names", name })),
    ...Object.keys(targets).map((name) => ({ key: "targets", name })),
  ]
    .filter(({ name }) => !known.includes(name))
    .map(({ key, name }) => `${key}: the set has no member ${name}; it has ${known.join(", ")}`);
  if (problems.length > 0) throw new InputError("snapset:kubevirt", problems);
  return members
    .filter(({ name }) => names === undefined || names.includes(name))
    .map((member) => restoreMemberOf(member, targets[member.name]?.name ?? member.name));
}
