import type * as pulumi from "@pulumi/pulumi";
import { output, runtime } from "@pulumi/pulumi";
import { Environment } from "../../components/Environment";
import type { EnvironmentKinds, Transforms } from "../../components/transform";
import type { Places } from "../../snapset/placement/places";
import { parseEnvironment } from "../../snapset/environment/parse";
import { selectedState } from "./fakePlaces";

interface Declared {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

const declared: Declared[] = [];

beforeAll(async () => {
  await runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        declared.push({ type, name, inputs: inputs as Record<string, unknown> });
        return {
          id: `${name}-id`,
          state: { ...(inputs as object), ...selectedState(type, inputs as object) },
        };
      },
      call: ({ inputs }: { inputs: Record<string, unknown> }) => ({ ...inputs, id: "found" }),
    },
    "snapset",
    "dev",
  );
});

beforeEach(() => {
  declared.length = 0;
});

/** One of each kind. */
const spec = parseEnvironment(
  {
    name: "lab",
    networks: [{ name: "net", subnets: [{ name: "subnet", cidr: "192.168.32.0/24" }] }],
    routers: [
      {
        name: "router",
        externalNetwork: "public",
        subnets: ["subnet"],
        routes: [{ destination: "10.0.0.0/8", nexthop: "192.168.32.9" }],
      },
    ],
    securityGroups: [{ name: "web", rules: [{ direction: "ingress" }] }],
    serverGroups: [{ name: "apart", policy: "anti-affinity" }],
    nodes: [
      {
        name: "master0",
        role: "ocp_master",
        image: "rhcos",
        flavor: "small",
        serverGroup: "apart",
        ports: [
          {
            network: "net",
            securityGroups: ["web"],
            floatingIp: { network: "public" },
            trunk: { subports: [{ network: "net", vlanId: 20 }] },
          },
        ],
        volumes: [{ name: "data", sizeGb: 1 }],
      },
    ],
  },
  "lab",
);

const found: Places = {
  images: { rhcos: "rhcos-id" },
  networks: { public: { id: "public-id", mtu: 1500, subnets: {} } },
  securityGroups: {},
  floatingIps: {},
};

/** What every child of OpenStack's is declared with, once it is. */
async function declare(transform?: Transforms<EnvironmentKinds>): Promise<Declared[]> {
  const environment = new Environment("lab", {
    spec,
    places: output(found),
    ...(transform && { transform }),
  });
  await new Promise((resolve) => {
    (environment.snapsetData as pulumi.Output<unknown>).apply(resolve);
  });
  await new Promise(setImmediate);
  return declared.filter(({ type }) => type.startsWith("openstack:"));
}

const kinds = {
  network: "Network",
  subnet: "Subnet",
  router: "Router",
  routerInterface: "RouterInterface",
  routerRoute: "RouterRoute",
  securityGroup: "SecGroup",
  securityGroupRule: "SecGroupRule",
  serverGroup: "ServerGroup",
  port: "Port",
  trunk: "Trunk",
  floatingIp: "FloatingIp",
  floatingIpAssociate: "FloatingIpAssociate",
  volume: "Volume",
  server: "Instance",
} satisfies Record<keyof EnvironmentKinds, string>;

describe("a transform", () => {
  it.each(Object.entries(kinds))(
    "puts arguments into each %s, and no other",
    async (kind, type) => {
      const all = await declare({ [kind]: { region: "elsewhere" } });
      const changed = all.filter(({ inputs }) => inputs["region"] === "elsewhere");
      expect(changed.length).toBeGreaterThan(0);
      expect(changed).toEqual(all.filter((it) => it.type.endsWith(`:${type}`)));
    },
  );

  it("that is a function alters arguments and options, by name", async () => {
    const names: string[] = [];
    const all = await declare({
      server: (args, opts, name) => {
        names.push(name);
        args.flavorName = "large";
        opts.protect = true;
      },
    });
    expect(names).toEqual(["master0"]);
    const server = all.find(({ type }) => type.endsWith(":Instance"));
    expect(server?.inputs).toMatchObject({ flavorName: "large", name: "master0" });
  });

  it("is not missed where there is none", async () => {
    const all = await declare();
    expect(new Set(all.map(({ type }) => type.split(":")[2])).size).toBe(14);
    expect(all.filter(({ inputs }) => inputs["region"] !== undefined)).toEqual([]);
  });
});
