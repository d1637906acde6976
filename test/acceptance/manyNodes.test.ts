import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Run } from "../../sandbox/pulumiProject";
import { callerOf } from "../../sandbox/world/identity";
import { acceptanceProject } from "./cloud";
import { manyNodes } from "./manyNodes/environment";
import { hostsOf, lookAt } from "./manyNodes/look";
import { sandboxCloud } from "./sandboxCloud";

jest.setTimeout(600_000);

const nothingChanged = /Resources:\n\s+\d+ unchanged\n/;

/** As declared, in the words in which the cloud is looked at. */
function declared() {
  const nicOf = (port: object) => {
    const { network, mac, fixedIps, securityGroups, ...it } = port as Record<string, never> & {
      network: string;
      mac?: string;
      fixedIps: { ip?: string }[];
      securityGroups?: string[];
      portSecurity?: boolean;
      allowedAddressPairs?: { ip: string }[];
      trunk?: { name: string; subports: (object & { vlanId: number })[] };
    };
    const isSecured = it.portSecurity ?? true;
    return {
      network,
      mac,
      ips: fixedIps.map(({ ip }) => ip),
      groups: (securityGroups ?? (isSecured ? ["default"] : [])).toSorted(),
      isSecured,
      pairs: (it.allowedAddressPairs ?? []).map(({ ip }) => ip),
      trunk: (it.trunk === undefined ? [] : [it.trunk]).map(({ name, subports }): object => ({
        name,
        subports: subports.map((sub): object => ({ vlan: sub.vlanId, ...nicOf(sub) })),
      })),
    };
  };
  return Object.fromEntries(
    manyNodes.nodes.map((node) => [
      node.name,
      {
        nics: node.ports.map(nicOf),
        group: "serverGroup" in node ? node.serverGroup : null,
      },
    ]),
  );
}

describe("three masters, two workers and a controller, each with four interfaces", () => {
  let opened: Awaited<ReturnType<typeof sandboxCloud>>;
  let place: ReturnType<typeof acceptanceProject>;
  let providerId = "";

  beforeAll(async () => {
    opened = await sandboxCloud({ timeScale: 60, hosts: 3 });
    const { identity, networking } = opened.sandbox.world;
    const admin = identity.logInAs("admin");
    const who = callerOf(admin);
    const provider = networking.networks.create(who.projectId, { name: "provider", shared: true });
    providerId = provider.id;
    networking.networks.createSubnet(who, {
      ...{ network_id: provider.id, name: "provider-subnet", cidr: "10.91.0.0/24" },
    });
    place = acceptanceProject(opened.cloud.env);
    const environment = join(place.directory, "many.yaml");
    writeFileSync(environment, JSON.stringify(manyNodes));
    const common = { "openstack:cloud": "sandbox" };
    await place.project.createStack("source", { ...common, "snapset:environment": environment });
    await place.project.createStack("snapshot", common);
    await place.project.createStack("dev", common);
  });

  afterAll(async () => {
    place.remove();
    await opened.close();
  });

  const succeed = (run: Run): string => {
    if (run.code !== 0) throw new Error(`exit code ${run.code}\n${run.output}`);
    return run.output;
  };
  let before: ReturnType<typeof lookAt>;

  it("are deployed as declared, on hosts of their own, and a second up changes nothing", async () => {
    succeed(await place.project.up("source"));
    before = lookAt(opened.sandbox);
    expect(before.servers).toEqual(declared());
    expect(before.rules).toEqual([
      "api ingress IPv4 icmp   192.168.0.0/16 ",
      "api ingress IPv4 tcp 6443 6443  ",
      "inside egress IPv4     ",
      "inside egress IPv6     ",
      "inside ingress IPv4     inside",
      "inside ingress IPv6 ipv6-icmp    api",
    ]);
    expect(before.hostRoutes).toEqual([{ destination: "10.90.0.0/16", nexthop: "192.168.90.10" }]);
    expect(before.routers).toEqual([["192.168.90.1", "192.168.94.254"]]);
    expect([hostsOf(opened.sandbox, "masters"), hostsOf(opened.sandbox, "workers")]).toEqual([
      3, 2,
    ]);
    expect(succeed(await place.project.up("source"))).toMatch(nothingChanged);
  });

  it("come back from their set alone: every MAC and address, VLAN, rule and group", async () => {
    succeed(await place.project.up("snapshot"));
    const { snap_id: snapId } = (await place.project.outputs("snapshot")) as { snap_id: string };
    succeed(await place.project.destroy("source"));
    expect(lookAt(opened.sandbox)).toMatchObject({ servers: {}, rules: [], routers: [] });
    const alone = { "snapset:snapId": snapId, "snapset:environment": undefined };
    place.project.configure("dev", alone);
    succeed(await place.project.up("dev"));
    expect(lookAt(opened.sandbox)).toEqual(before);
    expect([hostsOf(opened.sandbox, "masters"), hostsOf(opened.sandbox, "workers")]).toEqual([
      3, 2,
    ]);
  });

  it("are refused a host when there is none left for one of them", async () => {
    succeed(await place.project.destroy("dev"));
    const path = join(place.directory, "crowd.yaml");
    writeFileSync(path, JSON.stringify(crowd()));
    place.project.configure("source", { "snapset:environment": path });
    const run = await place.project.up("source");
    expect(run.code).not.toBe(0);
    expect(run.output).toContain("unexpected state 'ERROR', wanted target 'ACTIVE'");
    const { tables } = opened.sandbox.world.networking;
    const theirs = [...tables.ports.values()].filter((it) => it.network_id === providerId);
    expect(theirs.map((it) => it.fixed_ips[0]?.ip_address)).toEqual([
      expect.stringMatching(/^10\.91\.0\./),
    ]);
    const servers = opened.sandbox.world.compute.servers.all();
    expect(servers.map(({ fault }) => fault?.message).filter((it) => it !== undefined)).toEqual([
      "No valid host was found. There are not enough hosts available.",
    ]);
    succeed(await place.project.destroy("source"));
    expect(tables.networks.has(providerId)).toBe(true);
  });
});

/** A master too many for three hosts; the first is in a network of somebody else's, too. */
function crowd() {
  const { name, networks, serverGroups, nodes } = manyNodes;
  const theirs = { name: "theirs", cidr: "10.91.0.0/24" };
  const used = [networks[0], { name: "provider", existing: true, subnets: [theirs] }];
  const masters = [0, 1, 2, 3].map((i) => ({
    ...nodes[1],
    name: `master${i}`,
    ports: [
      { network: "machine" },
      ...(i === 0 ? [{ network: "provider", fixedIps: [{ subnet: "theirs" }] }] : []),
    ],
  }));
  return { name, networks: used, serverGroups, nodes: masters };
}
