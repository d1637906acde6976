import type { ResolvedResource } from "../hot/stack";
import { pythonText } from "../python";
import { isMap, Unknown, type Value } from "../values";
import { disksOf } from "./disks";
import { serverGroupOf } from "./groups";
import { portOf } from "./ports";
import { given, mapsOf, textOf, type Resources } from "./Resources";
import { roleOf, type ServerFacts } from "./serverFacts";
import type { Mapped } from "./toEnvironment";

/** Nova's limit for user data, in base64. */
const maxUserData = 65_535;

/** Servers with their ports and volumes. */
export function nodesOf(resources: Resources, facts: ServerFacts): Mapped<object>[] {
  return resources.of("OS::Nova::Server").map((server) => ({
    resource: server.name,
    place: server.place,
    data: nodeOf(server, resources, facts),
  }));
}

function nodeOf(server: ResolvedResource, resources: Resources, facts: ServerFacts): object {
  const member = facts.members.get(server.name);
  const role = member?.role ?? roleOf(server);
  const { problems } = resources;
  if (role === undefined) {
    problems.add(
      server.place,
      `resources.${server.name}: has no role; name it in the output snapset_data, ` +
        "or take its image of a parameter such as compute_params",
    );
  }
  const name = checkedName(server, member?.name, resources);
  return {
    name,
    role,
    flavor: textOf(resources, server, "flavor"),
    ...disksOf(server, resources),
    ...given("configDrive", server.properties["config_drive"]),
    ...given("userData", userDataOf(server, resources)),
    ...given("keyPair", textOf(resources, server, "key_name")),
    ...given("availabilityZone", textOf(resources, server, "availability_zone")),
    ...given("serverGroup", serverGroupOf(server, resources)),
    ...given("sshUser", role === "controller" ? facts.sshUser : undefined),
    metadata: metadataOf(server.properties["metadata"]),
    ports: mapsOf(server, "networks").flatMap((it, i) => {
      const path = `resources.${server.name}.networks[${i}].port`;
      const place = server.placeOf("networks");
      const port = resources.byId(it["port"], "OS::Neutron::Port", place, path);
      return port === undefined ? [] : [portOf(port, resources)];
    }),
  };
}

/** A node has one name: in the cloud, and in a set. */
function checkedName(
  server: ResolvedResource,
  member: string | undefined,
  { problems }: Resources,
) {
  const name = server.properties["name"];
  if (typeof name !== "string") return member ?? server.name;
  if (member !== undefined && member !== name) {
    const text = `must be ${member}, as in the output snapset_data, or be left out`;
    problems.add(server.placeOf("name"), `resources.${server.name}.name: ${text}`);
  }
  return name;
}

/** Other formats than RAW wrap the data in files that only a Heat has. */
function userDataOf(server: ResolvedResource, resources: Resources): string | undefined {
  const { name, placeOf, properties } = server;
  const data = textOf(resources, server, "user_data");
  if (data === undefined) return undefined;
  const { problems } = resources;
  if (properties["user_data_format"] === undefined) {
    const text = "must be RAW: Heat's default adds files that only a Heat has";
    problems.add(placeOf("user_data_format"), `resources.${name}.user_data_format: ${text}`);
  }
  const length = Math.ceil(Buffer.byteLength(data) / 3) * 4;
  if (length > maxUserData) {
    const text = `is ${length} bytes long in base64; Nova takes ${maxUserData}`;
    problems.add(placeOf("user_data"), `resources.${name}.user_data: ${text}`);
  }
  return data;
}

function metadataOf(metadata: Value | undefined): Record<string, string> {
  const entries = metadata !== undefined && isMap(metadata) ? Object.entries(metadata) : [];
  return Object.fromEntries(
    entries.map(([key, value]) => [key, value instanceof Unknown ? "" : pythonText(value)]),
  );
}
