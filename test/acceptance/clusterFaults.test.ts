import { startProvider, type Order, type ProviderProcess } from "../kills/ProviderProcess";
import { ClusterCloud } from "./ClusterCloud";
import { captureOf, failureOf } from "./FaultyCloud";

jest.setTimeout(240_000);

let lab: ClusterCloud;
let process_: ProviderProcess | undefined;

beforeEach(async () => {
  lab = await ClusterCloud.open();
});
afterEach(async () => {
  await process_?.kill();
  process_ = undefined;
  await lab.close();
});

const inputs = (changes: Parameters<typeof captureOf>[1] = {}) =>
  captureOf(lab.instances, { cluster: lab.settings, ...changes });
const phase = (name: string) =>
  lab.cloud.manifestOf("faults01").phases.find((it) => it.name === name);
const stops = () =>
  Object.fromEntries(lab.cloud.manifestOf("faults01").members.map((it) => [it.name, it.stop]));
const allRunning = { controller: "ACTIVE", master0: "ACTIVE", worker0: "ACTIVE" };
const noneCordoned = { master0: false, worker0: false };

/** The servers in the order in which they went off. */
function offs(): string[] {
  const order: string[] = [];
  lab.cloud.world.onGuestEvent((event) => {
    if (event.type === "stopped") order.push(event.guest.name);
  });
  return order;
}

describe("the controller goes down last", () => {
  it("when the cluster shuts its nodes down", async () => {
    const order = offs();
    await lab.providers.capture(inputs());
    expect(order.toSorted()).toEqual(["controller", "master0", "worker0"]);
    expect(order.at(-1)).toBe("controller");
  });

  it("when Nova stops everything: workers, masters, controller", async () => {
    const order = offs();
    await lab.providers.capture(inputs({ cluster: null }));
    expect(order).toEqual(["worker0", "master0", "controller"]);
  });
});

describe("a capture of a cluster", () => {
  it("says in its manifest what was stable, drained and told", async () => {
    expect((await lab.providers.capture(inputs())).phase).toBe("committed");
    expect(phase("quiesce")?.evidence).toMatch(
      /^34 operators stable since \S+Z; 2 pods evicted from worker0 in [\d.]+ s; cordoned and told to shut down in 1 min: master0, worker0$/,
    );
    expect(phase("shutdown")?.evidence).toBe("shut down from inside: master0, worker0");
    expect(stops()).toEqual({ controller: "graceful", master0: "inside", worker0: "inside" });
  });

  it("goes on where a disruption budget holds a pod, and names both", async () => {
    const pod = "openshift-ingress/router-default-worker0";
    lab.change({ disruptionBudgets: { [pod]: "router-default" } });
    expect((await lab.providers.capture(inputs())).phase).toBe("committed");
    expect(phase("quiesce")?.evidence).toMatch(/; 1 pod evicted from worker0 in [\d.]+ s; /);
    expect(phase("quiesce")?.evidence).toContain(
      `1 pod not drained, so they end with their nodes: ${pod} on worker0 (cannot create eviction of pod ${pod}: 429 Cannot evict pod as it would violate the pod's disruption budget. The disruption budget router-default needs 1 healthy pods and has 1 currently); `,
    );
  });

  it("leaves cordoned who was, before and after", async () => {
    await lab.cluster.patchNodeUnschedulable("worker0", true);
    const outs = await lab.providers.capture(inputs({ afterCapture: "resume" }));
    expect(outs.phase).toBe("committed");
    expect(phase("quiesce")?.evidence).toContain("cordoned before: worker0");
    expect(lab.cloud.states()).toEqual(allRunning);
    expect(await lab.cordoned()).toEqual({ master0: false, worker0: true });
    expect(await lab.traces()).toEqual([]);
  });

  it("has Nova stop a node that does not go down by itself, the others having done so", async () => {
    lab.change({ ignoresShutdown: { worker0: true } });
    const deadlines = { stop: 3000, images: 60_000, idle: 30_000 };
    expect((await lab.providers.capture(inputs({ deadlines }))).phase).toBe("committed");
    expect(phase("shutdown")?.evidence).toMatch(
      /^not every node went down by itself, so they are stopped: timed out after 1 m \d+ s waiting for master0, worker0 to be SHUTOFF; last seen: worker0 ACTIVE$/,
    );
    expect(stops()).toEqual({ controller: "graceful", master0: "inside", worker0: "graceful" });
  });
});

describe("a capture that is killed", () => {
  const order = (method: "create" | "delete"): Order => ({
    env: lab.cloud.env,
    kind: "SnapSet",
    method,
    args: [inputs()],
    config: lab.config,
  });
  const nodes = () => Object.values(lab.model().state.nodes);

  /** Kills the provider when it has cordoned the nodes and told none. */
  async function killCordoned(): Promise<void> {
    const held = { startMs: 3_600_000 };
    process_ = await startProvider();
    const run = process_.carryOut(order("create"));
    await lab.cloud.until("the nodes to be cordoned", () => {
      if (!nodes().every(({ unschedulable }) => unschedulable)) return false;
      lab.change({ pods: { master0: held, worker0: held } });
      return lab
        .model()
        .pods.list()
        .some(({ name }) => name.includes("-shutdown-"));
    });
    await process_.kill();
    expect(await run).toBe("killed");
    expect(lab.cloud.states()).toEqual(allRunning);
    lab.change({ pods: { master0: null, worker0: null } });
  }

  /** Kills the provider when it has told all nodes; then those go down that mind it. */
  async function killTold(goingDown = ["master0", "worker0"]): Promise<void> {
    process_ = await startProvider();
    const run = process_.carryOut(order("create"));
    await lab.cloud.until("the nodes to be told", () =>
      nodes().every(({ annotations }) => annotations["snapset/shutdown-in-boot"] !== undefined),
    );
    await process_.kill();
    expect(await run).toBe("killed");
    await lab.cloud.until("the nodes to be off", () => {
      const states: Record<string, string> = lab.cloud.states();
      return goingDown.every((name) => states[name] === "SHUTOFF");
    });
  }

  const isWhole = async () => {
    expect((await lab.providers.capture(inputs({ afterCapture: "resume" }))).phase).toBe(
      "committed",
    );
    expect(lab.cloud.states()).toEqual(allRunning);
    expect(await lab.cordoned()).toEqual(noneCordoned);
    expect(await lab.traces()).toEqual([]);
  };
  const isGivenBack = async () => {
    await lab.providers.forget("faults01", "Delete");
    expect(lab.cloud.leftovers("faults01")).toEqual([]);
    expect(lab.cloud.states()).toEqual(allRunning);
    expect(await lab.cordoned()).toEqual(noneCordoned);
    expect(await lab.traces()).toEqual([]);
  };

  it("between cordon and shutdown goes on with the next run, and is back after it", async () => {
    await killCordoned();
    await isWhole();
  });

  it("between cordon and shutdown is given back", async () => {
    await killCordoned();
    await isGivenBack();
  });

  it("between cordon and shutdown is refused without the cluster: nobody would uncordon its nodes", async () => {
    await killCordoned();
    const { message } = await failureOf(lab.providers.capture(inputs({ cluster: null })));
    expect(message).toContain("set faults01 was begun with a cluster, whose nodes are cordoned");
    await isWhole();
  });

  it("after the shutdown was told goes on with the next run, and is back after it", async () => {
    await killTold();
    await isWhole();
  });

  it("after the shutdown was told is given back: started, revived, uncordoned", async () => {
    await killTold();
    await isGivenBack();
  });

  it("is given back where the API went down with its masters, and another node did not", async () => {
    lab.change({ ignoresShutdown: { worker0: true } });
    await killTold(["master0"]);
    expect(lab.cloud.states()).toEqual({ ...allRunning, master0: "SHUTOFF" });
    await isGivenBack();
  });
});
