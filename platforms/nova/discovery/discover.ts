import { messageOf } from "../../../common/errors";
import type { Member } from "../../../snapset/capture/member";
import { discoverEnvironment } from "../../../snapset/discovery/discoverEnvironment";
import { goneOfDeclared, mergeDeclared } from "../../../snapset/discovery/merge";
import type { CapturedServer } from "../../../snapset/discovery/nodes";
import type { Environment } from "../../../snapset/environment/environment";
import { parseEnvironment } from "../../../snapset/environment/parse";
import type { Context } from "../../context";
import { observeCloud } from "./observeCloud";
import type { CaptureInputs } from "../../capture/types";

/** The environment to store with a set, and what of the real one is not in it. */
export interface DiscoveredEnvironment {
  /** Null when neither the cloud nor a declaration gives one. */
  environment: Environment | null;
  /** One sentence each. */
  findings: string[];
}

/** Members, and the names of the images that their servers were made from, by server. */
export interface Captured {
  members: readonly Member[];
  imageNames: ReadonlyMap<string, string>;
}

/**
 * Looks at the cloud for what the members live in, whoever has made it; it takes as many calls for
 * hundred servers as for one. What was declared and a cloud cannot know is kept. What cannot be
 * described is a finding, and no failure.
 */
export async function discover(
  { members, imageNames }: Captured,
  {
    environmentName,
    environment: declared,
  }: Pick<CaptureInputs, "environmentName" | "environment">,
  context: Context,
): Promise<DiscoveredEnvironment> {
  const { cloud, servers, unread } = await observeCloud(context);
  const captured = members.flatMap(({ instance, flavor }): CapturedServer[] => {
    const server = servers.find(({ id }) => id === instance.uuid);
    const { name, role, uuid } = instance;
    const image = imageNames.get(uuid) ?? null;
    return server === undefined
      ? []
      : [{ name, role, server, flavor: flavor?.name ?? null, image }];
  });
  const { environment, findings } = discoverEnvironment(environmentName, captured, cloud, declared);
  const all = [
    ...unread,
    ...findings,
    ...goneOfDeclared(environment, declared),
    ...userDataFindings(captured, declared),
  ];
  return checked(mergeDeclared(environment, declared), declared, all);
}

/** What the schema refuses could not be restored: what was declared is better, then. */
function checked(
  environment: Environment,
  declared: Environment | null,
  findings: string[],
): DiscoveredEnvironment {
  try {
    return { environment: parseEnvironment(environment, "as it is found"), findings };
  } catch (error) {
    const instead = declared === null ? "none" : "what was declared";
    const finding = `the environment cannot be described: ${messageOf(error)}; the set holds ${instead}`;
    return { environment: declared, findings: [...findings, finding] };
  }
}

/** A guest that needs its user data a second time, as a controller's cloud-init does, will miss it. */
function userDataFindings(servers: readonly CapturedServer[], declared: Environment | null) {
  const known = new Set(declared?.nodes.map(({ name }) => name));
  const without = servers
    .filter(
      ({ name, server }) => !known.has(name) && server["OS-EXT-SRV-ATTR:user_data"] === undefined,
    )
    .map(({ name }) => name);
  if (without.length === 0) return [];
  return [
    `user data of ${without.join(", ")}: Nova shows them to administrators only; the set is without them, if there are any`,
  ];
}
