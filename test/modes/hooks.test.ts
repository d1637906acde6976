import * as pulumi from "@pulumi/pulumi";
import { restore } from "../../modes/restore";
import { parseConfig } from "../../snapset/config";
import { parseEnvironment } from "../../snapset/environment/parse";
import { selectedState } from "../components/fakePlaces";

/** The engine's own way to know that all is declared; it is not in the types that are published. */
const { waitForRPCs } = pulumi.runtime as unknown as { waitForRPCs: () => Promise<void> };

interface Asked {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

const asked: Asked[] = [];
let revivedAt = "";
let warnings: string[] = [];

const spec = parseEnvironment(
  {
    name: "lab",
    networks: [{ name: "net", subnets: [{ name: "subnet", cidr: "192.168.32.0/24" }] }],
    nodes: [
      { name: "controller", role: "controller", flavor: "small", ports: [{ network: "net" }] },
    ],
    hooks: {
      afterRevive: [
        { name: "one", run: "echo 1" },
        { name: "two", run: "echo 2", triggers: ["x"] },
      ],
    },
  },
  "lab",
);

beforeAll(async () => {
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        asked.push({ type, name, inputs: inputs as Asked["inputs"] });
        const state = { ...(inputs as object), ...selectedState(type, inputs as object) };
        if (type.endsWith(":Selection")) Object.assign(state, chosen);
        if (type.endsWith(":Revival")) Object.assign(state, { evidence: evidenceAt(revivedAt) });
        return { id: `${name}-id`, state };
      },
      call: () => ({}),
    },
    "snapset",
    "dev",
  );
});

const chosen = { chosen: "AbCdEf12", images: { controller: "image-c" }, volumes: {} };

const evidenceAt = (endedAt: string) => ({ endedAt, steps: [], freshness: { isProven: true } });

beforeEach(() => {
  asked.length = 0;
  warnings = [];
  jest.spyOn(pulumi.log, "warn").mockImplementation((text) => {
    warnings.push(text);
    return Promise.resolve();
  });
});

afterEach(() => {
  jest.restoreAllMocks();
});

/** The triggers of the hooks that a restore declares, by name. */
async function triggersOf(config: object, at: string, own = spec): Promise<object> {
  revivedAt = at;
  const values = Object.entries({ mode: "restore", snapId: "latest", ...config });
  const parsed = parseConfig(
    Object.fromEntries(
      values.map(([key, value]) => [
        `snapset:${key}`,
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
    ),
  );
  if (parsed.mode !== "restore") throw new Error("it is no restore");
  restore("lab", parsed, own);
  await waitForRPCs();
  const commands = asked.filter(({ type }) => type.startsWith("command:"));
  return Object.fromEntries(commands.map(({ name, inputs }) => [name, inputs["triggers"]]));
}

describe("hooks after a revive", () => {
  const cluster = { kubeconfig: "kubeconfig" };

  it("ask to run again after each revive", async () => {
    const triggers = (at: string) => ({
      "afterRevive-one": ["echo 1", "local", "controller-id", "AbCdEf12", "", at],
      "afterRevive-two": ["echo 2", "local", "x", "controller-id", "AbCdEf12", "", at],
    });
    expect(await triggersOf({ cluster }, "10:00")).toEqual(triggers("10:00"));
    asked.length = 0;
    expect(await triggersOf({ cluster }, "11:00")).toEqual(triggers("11:00"));
    const order = asked.map(({ type }) => type.split(":").at(-1));
    expect(order.lastIndexOf("Revival")).toBeLessThan(order.indexOf("Command"));
  });

  it("run in an environment without a cluster, too", async () => {
    expect(await triggersOf({}, "")).toMatchObject({
      "afterRevive-one": ["echo 1", "local", "controller-id", "AbCdEf12", "", ""],
    });
  });

  it("are told the set, the controller and the servers", async () => {
    await triggersOf({ cluster }, "10:00");
    const hook = asked.find(({ name }) => name === "afterRevive-one");
    expect(hook?.inputs["environment"]).toEqual({
      SNAPSET_SNAP_ID: "AbCdEf12",
      SNAPSET_CONTROLLER_IP: "",
      SNAPSET_DATA: expect.stringContaining('"uuid":"controller-id"') as string,
    });
  });

  it("need no plugin where there are none", async () => {
    const hooks = { afterDeploy: [], beforeCapture: [], afterRevive: [] };
    expect(await triggersOf({ cluster }, "10:00", { ...spec, hooks })).toEqual({});
    expect(asked.filter(({ type }) => type.includes("Hooks"))).toEqual([]);
    expect(warnings).toEqual([]);
  });
});
