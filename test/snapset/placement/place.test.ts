import fc from "fast-check";
import { wantedNodesOf } from "../../../snapset/environment/wantedNode";
import type { CloudView } from "../../../snapset/placement/cloudView";
import { needsOf } from "../../../snapset/placement/needs";
import { place } from "../../../snapset/placement/place";
import { labCloud, labEnvironment, macs } from "./lab";

const nodes = wantedNodesOf(labEnvironment).map((node, i) => ({
  ...node,
  image: labEnvironment.nodes[i]?.image,
}));
const placeIn = (changes: Partial<CloudView> = {}) =>
  place(needsOf(labEnvironment, "deploy"), nodes, { ...labCloud, ...changes });
const problemsIn = (changes: Partial<CloudView>) => placeIn(changes).problems;
const provider = labCloud.networks.slice(1);

describe("place", () => {
  it("finds everything once, and has nothing to say where all is well", () => {
    expect(placeIn()).toEqual({
      places: {
        images: { rhel: "rhel-id", rhcos: "rhcos-id", seed: "seed-id" },
        networks: {
          public: { id: "public-id", mtu: null, subnets: {} },
          provider: { id: "provider-id", mtu: 9000, subnets: { "10.5.0.0/24": "theirs-id" } },
        },
        securityGroups: { default: "default-id", web: "web-id" },
        floatingIps: { "172.24.4.50": "reuse" },
      },
      problems: [],
      warnings: [],
    });
  });

  it("names what is missing, who needs it, and the nearest, all at once", () => {
    expect(
      problemsIn({
        networks: [{ ...labCloud.networks[0], name: "Public" } as CloudView["networks"][number]],
        images: labCloud.images.map((it) => ({ ...it, name: `${it.name}-9.4` })),
        flavors: [],
        keyPairs: ["mee"],
        availabilityZones: ["az1", "az2"],
        volumeTypes: ["ssd", "slow"],
        securityGroups: [],
        floatingIps: [],
      }),
    ).toEqual([
      "router router, floating IP of front: there is no external network public; the nearest is Public; snapset:map.networks names another",
      "the environment: there is no network provider; there is Public; snapset:map.networks names another",
      "node controller: there is no image rhel; the nearest is rhel-9.4; snapset:map.images names another",
      "node master0: there is no image rhcos; the nearest is rhcos-9.4; snapset:map.images names another",
      "node master0: there is no image seed; the nearest is seed-9.4; snapset:map.images names another",
      "node controller: there is no flavor small; there is none; snapset:map.flavors names another",
      "node master0: there is no flavor large; there is none; snapset:map.flavors names another",
      "node controller: there is no availability zone nova; there is az1, az2; snapset:map.availabilityZones names another",
      "node master0: there is no volume type fast; there is slow, ssd; snapset:map.volumeTypes names another",
      "node controller: there is no key pair me; the nearest is mee; snapset:map.keyPairs names another",
      "port front: there is no security group default; there is none; snapset:map.securityGroups names another",
      "security group own: there is no security group web; there is none; snapset:map.securityGroups names another",
    ]);
  });

  it("does not judge by what the cloud does not tell", () => {
    const silent = { keyPairs: undefined, availabilityZones: undefined, volumeTypes: undefined };
    expect(problemsIn(silent)).toEqual([]);
  });

  it("takes the newest image of a name, in whatever order; none that is not active", () => {
    const image = (id: string, day: number, status = "active") => ({
      ...{ id, name: "rhel", status, min_disk: 0 },
      created_at: `2026-01-0${day}T00:00:00Z`,
    });
    const all = [image("old", 1), image("newest", 3), image("middle", 2), image("x", 4, "saving")];
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: 4 }), (images) => {
        const view = { images: [...images, ...labCloud.images.slice(1)] };
        expect(placeIn(view).places.images["rhel"]).toBe("newest");
      }),
    );
    const unfinished = { images: [image("x", 4, "saving"), ...labCloud.images.slice(1)] };
    expect(problemsIn(unfinished)).toEqual([
      "node controller: image rhel (x) is saving, not active",
    ]);
  });

  it("refuses a name that two networks or groups have", () => {
    const twice = { ...provider[0], id: "second" } as CloudView["networks"][number];
    const web = { id: "web-2", name: "web", project_id: "us" };
    expect(
      problemsIn({
        networks: [...labCloud.networks, twice],
        securityGroups: [...labCloud.securityGroups, web],
      }),
    ).toEqual([
      "the environment: there are 2 networks provider (provider-id, second): a name must say which; rename one",
      "security group own: there are 2 security groups web (web-id, web-2): a name must say which; rename one",
    ]);
    // An administrator sees another project's, too.
    const others = { ...twice, project_id: "them" };
    expect(problemsIn({ networks: [...labCloud.networks, others] })).toEqual([]);
  });

  it("finds a flavor whose disk is too small for a base image", () => {
    const images = labCloud.images.map((it) => ({ ...it, min_disk: 20 }));
    expect(problemsIn({ images })).toEqual([
      "node controller: flavor small has a disk of 10 GiB, its image needs 20: large would do",
    ]);
  });
});

describe("room in a network of somebody else's", () => {
  const port = {
    ...{ id: "p-1", name: "printer", network_id: "provider-id", mac_address: "00:11:22:33:44:55" },
    fixed_ips: [{ ip_address: "10.5.0.9" }],
  };

  it("is taken by a MAC or an address of another port", () => {
    const taken = { ...port, mac_address: macs.master.toUpperCase() };
    const addressed = { ...port, id: "p-2", name: "", fixed_ips: [{ ip_address: "10.5.0.7" }] };
    const elsewhere = { ...taken, network_id: "another" };
    expect(problemsIn({ ports: [port, elsewhere] })).toEqual([]);
    expect(problemsIn({ ports: [taken, addressed] })).toEqual([
      `port back: MAC ${macs.master} is in use in network provider by port printer (p-1); remove that, or let ports have new ones with snapset:mac clear`,
      "port back: address 10.5.0.7 is in use in network provider by port p-2; remove that, or let ports have any address with snapset:ip pool",
    ]);
  });

  it("is not there without the subnet", () => {
    const subnets = [{ id: "other", network_id: "provider-id", cidr: "10.6.0.0/24" }];
    expect(problemsIn({ subnets })).toEqual([
      "network provider has no subnet 10.5.0.0/24; it has 10.6.0.0/24",
      "port back: 10.5.0.7 is in no subnet of network provider; let ports have any address with snapset:ip pool",
    ]);
  });

  it("is another project's to give", () => {
    const networks = labCloud.networks.map((it) => ({ ...it, project_id: "them", shared: true }));
    expect(placeIn({ networks }).warnings).toEqual([
      expect.stringMatching(/^network provider belongs to another project: most clouds/) as string,
    ]);
    expect(placeIn({ networks, isAdmin: true }).warnings).toEqual([]);
  });
});

describe("floating IPs", () => {
  const [own] = labCloud.floatingIps as [CloudView["floatingIps"][number]];
  const choiceIn = (floatingIps: CloudView["floatingIps"]) => {
    const { places, warnings, problems } = placeIn({ floatingIps });
    expect(problems).toEqual([]);
    return [places.floatingIps["172.24.4.50"], ...warnings];
  };

  it("are the same only when ours and free, and it is said when they are not", () => {
    const says = (why: string) => [
      "any",
      `port front: floating IP 172.24.4.50 ${why}: it gets another one of public`,
    ];
    expect(choiceIn([own])).toEqual(["reuse"]);
    expect(choiceIn([])).toEqual(says("is not this project's"));
    expect(choiceIn([{ ...own, project_id: "them" }])).toEqual(says("is not this project's"));
    expect(choiceIn([{ ...own, port_id: "p-9" }])).toEqual(says("is in use by port p-9"));
    expect(choiceIn([{ ...own, floating_network_id: "x" }])).toEqual(
      says("is not of network public"),
    );
  });

  it("are one port's each", () => {
    const needs = needsOf(labEnvironment, "deploy");
    const [need] = needs.floatingIps;
    const twice = { ...needs, floatingIps: [need, { ...need, by: "port back" }] };
    expect(place(twice as typeof needs, nodes, labCloud).problems).toEqual([
      "port back: floating IP 172.24.4.50 is another port's already",
    ]);
  });
});

describe("quotas", () => {
  const none = { compute: {}, blockStorage: {}, network: {} };

  it("are exceeded by what is needed beside what is used, by the services' own keys", () => {
    expect(
      problemsIn({
        quotas: {
          compute: { cores: { limit: 16, used: 8 }, instances: { limit: -1, used: 500 } },
          blockStorage: {
            gigabytes: { limit: 100, used: 60 },
            volumes_fast: { limit: 1, used: 1 },
            gigabytes_slow: { limit: 10, used: 0 },
          },
          network: { port: { limit: 3, used: 0 }, router: { limit: 1, used: 0 } },
        },
      }),
    ).toEqual([
      "quota Nova's cores: 9 more needed, 8 of 16 are used: raise it, or remove what is no longer needed",
      "quota Cinder's gigabytes: 45 more needed, 60 of 100 are used: raise it, or remove what is no longer needed",
      "quota Cinder's volumes_fast: 1 more needed, 1 of 1 are used: raise it, or remove what is no longer needed",
      "quota Neutron's port: 4 more needed, 0 of 3 are used: raise it, or remove what is no longer needed",
    ]);
  });

  it("do not count a floating IP that is there, nor volumes that a restore does not make", () => {
    const network = { floatingip: { limit: 1, used: 1 } };
    expect(problemsIn({ quotas: { ...none, network } })).toEqual([]);
    expect(problemsIn({ quotas: { ...none, network }, floatingIps: [] })).toHaveLength(1);
    expect(needsOf(labEnvironment, "restore").blockStorage).toMatchObject({
      volumes: 2,
      gigabytes: 40,
    });
  });

  it("refuse exactly what goes beyond the limit", () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(20), (limit, used) => {
        const compute = { instances: { limit, used } };
        const isRefused = problemsIn({ quotas: { ...none, compute } }).length > 0;
        expect(isRefused).toBe(used + nodes.length > limit);
      }),
    );
  });
});
