import {
  quiesce,
  passRotationGate,
  readClusterFacts,
  revive,
  undoQuiesce,
  type Cluster,
  type ClusterFacts,
} from "../../openshift";
import { isCordoned } from "../../openshift/nodes/nodes";
import type { Revive } from "../../openshift/revive/revive";
import type { ClusterUnderTest } from "./ClusterUnderTest";
import { forgeries } from "./forgeries";

const dayMs = 24 * 3_600_000;
const stablePeriodMs = 2000;
/** How long everything has to be good: short, as the suite's own clock may be a real one. */
const extendedPeriodMs = 4000;

/** How the suite gets its clusters, and gives them back. */
export interface Clusters<T extends ClusterUnderTest> {
  begin: () => Promise<T>;
  end: (cluster: T) => Promise<void>;
}

/** Drives a cluster as the program does. */
export class Driver {
  readonly lines: string[] = [];
  facts: ClusterFacts | undefined;

  constructor(readonly it: ClusterUnderTest) {}

  async quiesce(options: Partial<Parameters<typeof quiesce>[1]> = {}) {
    const { clock } = this.it;
    const onProgress = (line: string) => this.lines.push(line);
    return quiesce(await this.it.connect(), { clock, stablePeriodMs, onProgress, ...options });
  }

  /** Reads what a manifest keeps, brings the cluster to rest, and waits until it is off. */
  async capture() {
    this.facts = await readClusterFacts(await this.it.connect());
    const evidence = await this.quiesce();
    await this.it.waitUntilOff();
    return evidence;
  }

  /** Captured and booted again. */
  async restored(how?: { isExpired?: boolean; silent?: string }): Promise<void> {
    await this.capture();
    await this.it.restore(how);
  }

  async revive(options: Partial<Revive> = {}, cluster?: Cluster) {
    const { clock } = this.it;
    const nodes = this.facts?.nodes ?? [];
    return revive(cluster ?? (await this.it.connect()), {
      clusterId: this.facts?.clusterId,
      bootIdsBefore: Object.fromEntries(nodes.map((node) => [node.name, node.bootId])),
      cordonedBefore: nodes.filter((node) => node.cordoned).map((node) => node.name),
      offAt: this.it.offAt(),
      extendedPeriodMs,
      clock,
      onProgress: (line) => this.lines.push(line),
      ...options,
    });
  }

  /** Does something at the first progress line that matches. */
  when(pattern: RegExp, act: () => Promise<void>): Partial<Revive> & { done: () => Promise<void> } {
    let doing: Promise<void> | undefined;
    const onProgress = (line: string) => {
      this.lines.push(line);
      if (pattern.test(line)) doing ??= act();
    };
    const done = () => doing ?? Promise.reject(new Error(`no line matched ${String(pattern)}`));
    return { onProgress, done };
  }

  async cordoned(): Promise<string[]> {
    const nodes = await (await this.it.connect()).listNodes();
    return nodes.filter(isCordoned).map((node) => node.metadata.name);
  }

  async marks(): Promise<string[]> {
    const nodes = await (await this.it.connect()).listNodes();
    return nodes.flatMap(({ metadata }) =>
      Object.keys(metadata.annotations ?? {}).filter((key) => key.startsWith("snapset/")),
    );
  }
}

/** What holds on every cluster, the sandbox's and one with a real API. */
export function clusterSuite<T extends ClusterUnderTest>({ begin, end }: Clusters<T>): void {
  let cluster: T;
  let on: Driver;

  beforeEach(async () => {
    cluster = await begin();
    on = new Driver(cluster);
  });
  afterEach(() => end(cluster));

  describe("to rest", () => {
    test("all nodes are cordoned and told before the first goes down, then all go down", async () => {
      const evidence = await on.quiesce();
      expect(cluster.powered()).toEqual(cluster.nodes);
      expect(evidence.nodes.map(({ name }) => name).sort()).toEqual([...cluster.nodes].sort());
      expect(evidence.stable?.operators).toBe(34);
      expect(await on.cordoned()).toEqual(cluster.nodes);
      expect(new Set(await on.marks())).toEqual(
        new Set(["snapset/cordoned-at", "snapset/shutdown-in-boot"]),
      );
      expect(await cluster.podsLeft()).toEqual([]);
      await cluster.waitUntilOff();
      expect(cluster.powered()).toEqual([]);
    });

    test("the certificates on every node are read before, and outlive the shutdown", async () => {
      const { clock } = cluster;
      const gate = { mode: "gate", clock, deadlineMs: 0 } as const;
      const { rotated, kubelets } = await passRotationGate(await cluster.connect(), gate);
      expect(rotated).toBe(true);
      const read = kubelets.map((it) => [
        it.node,
        "credentials" in it ? it.credentials : it.problem,
      ]);
      const whole = (time: Date) =>
        new Date(Math.floor(time.getTime() / 1000) * 1000).toISOString();
      expect(Object.fromEntries(read)).toMatchObject(
        Object.fromEntries(
          cluster.nodes.map((node) => {
            const { clientUntil, servingUntil } = cluster.certificatesOf(node);
            const client = { notAfter: whole(clientUntil) };
            return [node, { client, serving: { notAfter: whole(servingUntil) } }];
          }),
        ),
      );
      expect(await cluster.podsLeft()).toEqual([]);
    });

    test("an unstable cluster is left as it was", async () => {
      await cluster.setOperator("etcd", "degraded");
      await expect(on.quiesce({ stableDeadlineMs: 5000 })).rejects.toThrow(
        /^the cluster could not be brought to rest: timed out after \S+ \S+ waiting for all operators to be stable for 2\.0 s; last seen: 1 of 34 operators not stable: etcd Degraded=True since /,
      );
      expect(await on.cordoned()).toEqual([]);
      expect(await on.marks()).toEqual([]);
    });

    test("goes on after an interruption between cordon and shutdown", async () => {
      const end = await interruptAfterCordon(on);
      expect(await on.cordoned()).toEqual(cluster.nodes);
      const evidence = await on.quiesce();
      expect(evidence.cordonedBefore).toEqual([]);
      expect(evidence.stable).toBeDefined();
      expect(await on.cordoned()).toEqual(cluster.nodes);
      await cluster.waitUntilOff();
      await end();
    });

    test("goes on after an interruption among the shutdowns, without waiting to be stable", async () => {
      await on.quiesce();
      const again = await on.quiesce();
      expect(again.stable).toBeUndefined();
      expect(again.cordonedBefore).toEqual([]);
      await cluster.waitUntilOff();
    });

    test("is taken back: no node goes down, all are schedulable, no mark is left", async () => {
      await on.quiesce();
      const { notUndone } = await undoQuiesce(await cluster.connect(), { clock: cluster.clock });
      expect(notUndone).toEqual([]);
      expect(await on.cordoned()).toEqual([]);
      expect(await on.marks()).toEqual([]);
      expect(await cluster.podsLeft()).toEqual([]);
      await cluster.clock.sleep(cluster.times.shutdown);
      expect(cluster.powered()).toEqual(cluster.nodes);
    });
  });

  describe("back", () => {
    test("a cluster is proven, and who was cordoned before stays so", async () => {
      await cluster.cordon("worker-1");
      await on.restored();
      const evidence = await on.revive();
      expect(evidence.steps.map(({ step }) => step)).toEqual([
        "API",
        "identity",
        "clock",
        "nodes Ready",
        "uncordon",
        "proof",
      ]);
      expect(evidence.freshness.isProven).toBe(true);
      expect(evidence.uncordoned).toEqual(["master-0", "master-1", "master-2", "worker-0"]);
      expect(await on.cordoned()).toEqual(["worker-1"]);
      expect(evidence.certificateRequests).toEqual({ approved: [], refused: [] });
      const again = await on.revive();
      expect(again.uncordoned).toEqual([]);
      expect(again.freshness.isProven).toBe(true);
    });

    test("expired kubelets get certificates: the bootstrapper's clients, the nodes' own serving", async () => {
      await on.restored({ isExpired: true });
      const forged = await cluster.file({ node: "worker-9", purpose: "client" });
      const { certificateRequests, freshness } = await on.revive();
      const requesters = (wanted: string) =>
        certificateRequests.approved
          .filter(({ purpose }) => purpose === wanted)
          .map(({ username }) => username.split(":").at(-1))
          .sort();
      expect(requesters("client")).toEqual(cluster.nodes.map(() => "node-bootstrapper"));
      expect(requesters("serving")).toEqual([...cluster.nodes].sort());
      expect(certificateRequests.refused.map(({ name }) => name)).toEqual([forged]);
      expect(freshness.isProven).toBe(true);
      const inDays = (days: number) => cluster.clock.now().getTime() + days * dayMs;
      for (const node of cluster.nodes) {
        const { clientUntil, servingUntil } = cluster.certificatesOf(node);
        expect(clientUntil.getTime()).toBeGreaterThan(inDays(20));
        expect(servingUntil.getTime()).toBeGreaterThan(inDays(20));
      }
    });

    test("forged requests are left pending, each with its reason", async () => {
      await on.restored();
      await cluster.settle();
      const filed = new Map<string, string>();
      for (const { forged, reason } of forgeries) filed.set(await cluster.file(forged), reason);
      const { certificateRequests, freshness } = await on.revive();
      expect(certificateRequests.approved).toEqual([]);
      const told = certificateRequests.refused.map(({ name, reasons }) => [name, reasons]);
      expect(Object.fromEntries(told)).toEqual(
        Object.fromEntries([...filed].map(([name, reason]) => [name, [reason]])),
      );
      const stored = await (await cluster.connect()).listCertificateSigningRequests();
      const statuses = stored.filter((it) => filed.has(it.metadata.name)).map((it) => it.status);
      expect(statuses).toEqual(forgeries.map(() => ({})));
      expect(freshness.isProven).toBe(true);
    });

    test.each([
      ["ahead", 1, /^2[34] h \d+ m ahead of ours$/],
      ["behind", -1, /^2[34] h \d+ m behind ours$/],
    ])(
      "a clock that is a day %s is seen, and yesterday's health does not count",
      async (_, days, seen) => {
        await on.restored({ silent: "storage" });
        cluster.skewClock(days * dayMs);
        const deadlines = { freshness: cluster.times.life };
        const { steps, freshness } = await on.revive({ offAt: cluster.offAt(), deadlines });
        expect(steps.find(({ step }) => step === "clock")?.seen).toMatch(seen);
        const unproven = freshness.operators.filter(({ state }) => state === "unproven");
        expect(unproven.map(({ name }) => name)).toEqual(["storage"]);
      },
    );

    test("an API that goes away in the middle is waited for", async () => {
      await on.restored();
      await cluster.settle();
      const interruption = on.when(/^good [\d.]+ s of/, () => cluster.interruptApi());
      const { freshness } = await on.revive(interruption);
      await interruption.done();
      expect(on.lines).toContainEqual(expect.stringMatching(/^not proven: cannot list /));
      expect(freshness.isProven).toBe(true);
    });

    test("a node that is Ready with the boot of before the capture is not back", async () => {
      await on.restored();
      await cluster.settle();
      const [master] = await (await cluster.connect()).listNodes();
      const bootIdsBefore = { "master-0": master?.status?.nodeInfo?.bootID ?? "" };
      await expect(on.revive({ bootIdsBefore, deadlines: { nodes: 3000 } })).rejects.toThrow(
        "last seen: 4 of 5 nodes Ready, master-0 reports the boot of before the capture",
      );
      expect(await on.cordoned()).toEqual(cluster.nodes);
    });

    test("a node that never gets Ready is named at the deadline", async () => {
      await on.restored();
      await cluster.settle();
      await cluster.pullPlug("worker-0");
      await expect(on.revive({ deadlines: { nodes: cluster.times.boot } })).rejects.toThrow(
        /waiting for all nodes to be Ready; last seen: 4 of 5 nodes Ready, worker-0 is not Ready/,
      );
    });

    test("an operator that is healthy by yesterday's report alone is reported as unproven", async () => {
      await on.restored({ silent: "storage" });
      const deadlines = { freshness: cluster.times.life };
      const { freshness, steps } = await on.revive({ deadlines });
      expect(freshness.isProven).toBe(false);
      expect(steps.at(-1)?.seen).toMatch(/; unproven operators: storage$/);
      expect(on.lines).toContainEqual(
        expect.stringMatching(/^not proven: 1 operators show no life since the boot: storage/),
      );
    });

    test("a node that is cordoned again is uncordoned again", async () => {
      await on.restored();
      await cluster.settle();
      const cordon = on.when(/^good [\d.]+ s of/, () => cluster.cordon("master-0"));
      await on.revive(cordon);
      await cordon.done();
      expect(on.lines).toContain("master-0 has been cordoned again: uncordoning it");
      expect(await on.cordoned()).toEqual([]);
    });

    test("another cluster is refused and left alone", async () => {
      await on.restored();
      const clusterId = "00000000-0000-4000-8000-000000000000";
      await expect(on.revive({ clusterId })).rejects.toThrow(
        /^\S+ is another cluster: its id is \S+, that of the captured one 00000000-0000-4000-8000-000000000000$/,
      );
      expect(await on.cordoned()).toEqual(cluster.nodes);
    });
  });
}

/**
 * As after a kill between the last cordon and the first command: nothing is given back.
 *
 * @returns what ends the run that was left behind
 */
async function interruptAfterCordon(on: Driver): Promise<() => Promise<unknown>> {
  const killed = deferred();
  const reached = deferred();
  const running = on.quiesce({
    runOnNodes: () => {
      reached.resolve();
      return killed.promise;
    },
  });
  await Promise.race([reached.promise, running]);
  return () => {
    killed.resolve();
    return running;
  };
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
