import { stringify } from "yaml";
import { region } from "./openstack/identity/catalog";
import type { World } from "./world";

/**
 * A clouds.yaml with a cloud for each user: `sandbox` for demo, `sandbox-NAME` for the others.
 *
 * @param names of the users. @default who may change something
 */
export function cloudsYaml(url: string, world: World, names?: readonly string[]): string {
  const users = world.identity
    .users()
    .filter(({ name, roles }) => names?.includes(name) ?? roles?.some((role) => role !== "reader"));
  const clouds = users.map(({ name, password, project }) => [
    name === "demo" ? "sandbox" : `sandbox-${name}`,
    {
      region_name: region,
      identity_api_version: 3,
      auth: {
        auth_url: `${url}/identity/v3`,
        username: name,
        password,
        project_name: project,
        user_domain_name: "Default",
        project_domain_name: "Default",
      },
    },
  ]);
  return stringify({ clouds: Object.fromEntries(clouds) as unknown });
}
