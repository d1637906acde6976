import { isRole, roles, type Role } from "../../snapset/roles";
import type { Problems } from "../problems";
import type { ResolvedResource, Stack } from "../hot/stack";
import { isMap, shown, Unknown, type Value } from "../values";

/** What a template's outputs say of its servers. */
export interface ServerFacts {
  /** By the name of the server's resource: its name in a set, and its role. */
  members: ReadonlyMap<string, { name: string; role: Role }>;
  /** Who logs in to the controller. */
  sshUser: string | undefined;
}

/** Reads the outputs `snapset_data` and `controller_ansible_host`, where there are any. */
export function readServerFacts({ outputs }: Stack, problems: Problems): ServerFacts {
  const data = outputs.get("snapset_data");
  const instances = data !== undefined && isMap(data.value) ? data.value["instances"] : undefined;
  const members = new Map<string, { name: string; role: Role }>();
  for (const [name, instance] of Object.entries(isMap(instances) ? instances : {})) {
    const { uuid = null, role = null } = isMap(instance) ? instance : {};
    const path = `outputs.snapset_data.instances.${name}`;
    const complain = (text: string): void => {
      if (data !== undefined) problems.add(data.place, `${path}.${text}`);
    };
    if (typeof role !== "string" || !isRole(role)) {
      complain(`role: must be one of ${roles.join(", ")}, got ${shown(role)}`);
    } else if (!(uuid instanceof Unknown)) {
      complain(`uuid: must be that of a server of this template, got ${shown(uuid)}`);
    } else {
      members.set(uuid.resource, { name, role });
    }
  }
  return { members, sshUser: sshUserOf(outputs.get("controller_ansible_host")?.value) };
}

function sshUserOf(host: Value | undefined): string | undefined {
  const user = host !== undefined && isMap(host) ? host["ansible_ssh_user"] : undefined;
  return typeof user === "string" ? user : undefined;
}

const byName: readonly (readonly [RegExp, Role])[] = [
  [/^controller/, "controller"],
  [/^(?:ocp-?)?master/, "ocp_master"],
  [/^(?:ocp-?)?worker/, "ocp_worker"],
  [/^compute/, "compute"],
  [/^networker/, "networker"],
  [/^bmh/, "bmh"],
  [/^ironic/, "ironic"],
  [/^nat64/, "nat64_appliance"],
  [/^(?:switch|spine|leaf)/, "switch"],
  [/^devstack/, "devstack"],
];

/**
 * A server's role when no output names it: that of the parameter that its image or flavor is of,
 * such as `ocp_master_params`; else what its name tells.
 */
export function roleOf(server: ResolvedResource): Role | undefined {
  const used = ["image", "block_device_mapping_v2", "flavor"].flatMap(server.parametersOf);
  for (const parameter of used) {
    const role = parameter.replace(/_params$/, "");
    if (parameter.endsWith("_params") && isRole(role)) return role;
  }
  return byName.find(([pattern]) => pattern.test(server.name))?.[1];
}
