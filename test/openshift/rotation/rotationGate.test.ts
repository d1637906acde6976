import {
  describeRotation,
  passRotationGate,
  type RotationGate,
} from "../../../openshift/rotation/rotationGate";
import type { RunOnNodes } from "../../../openshift/nodes/runOnNodes";
import { changeCluster, type ClusterChange } from "../../../sandbox/openshift";
import { day, hour, Lab, minute } from "../../sandbox/openshift/lab";

let lab: Lab;
const lines: string[] = [];

beforeEach(async () => {
  lines.length = 0;
  lab = await new Lab().open();
  lab.install(3, 2);
});
afterEach(() => lab.close());

async function pass(gate: Partial<RotationGate> = {}) {
  const onProgress = (line: string) => lines.push(line);
  return passRotationGate(await lab.cluster(), {
    mode: "gate",
    clock: lab.clock,
    onProgress,
    ...gate,
  });
}

const change = (wanted: ClusterChange) => {
  changeCluster(lab.model(), wanted);
};
const elapsed = ({ startedAt, endedAt }: { startedAt: string; endedAt: string }) =>
  Date.parse(endedAt) - Date.parse(startedAt);
const podsMade = () =>
  lab.requests.filter(({ method, path }) => method === "POST" && path.endsWith("/pods")).length;

describe("a rotated cluster", () => {
  beforeEach(() => {
    lab.worldClock.advance(25 * hour);
  });

  test("passes at once, with the kubelets' certificates of every node as evidence", async () => {
    const evidence = await pass();
    expect(evidence).toMatchObject({ mode: "gate", rotated: true, notes: [] });
    expect(evidence.signers.map(({ name }) => name)).toEqual([
      "csr-signer",
      "csr-signer-signer",
      "kube-apiserver-to-kubelet-signer",
    ]);
    const names = evidence.kubelets.map((kubelet) => kubelet.node);
    expect(names).toEqual(["master-0", "master-1", "master-2", "worker-0", "worker-1"]);
    for (const kubelet of evidence.kubelets) {
      expect(kubelet).toHaveProperty("credentials.client.notAfter");
      expect(kubelet).toHaveProperty("credentials.serving.notAfter");
      expect(kubelet).toHaveProperty("credentials.bootstrap.kind", "token");
    }
    expect(elapsed(evidence)).toBeLessThan(5000);
    expect(podsMade()).toBe(5);
    expect(lab.model().pods.list()).toEqual([]);
    expect(describeRotation(evidence)).toMatch(
      /^rotated, 3 signers and the kubelets of 5 nodes looked at, all valid until \S+Z \(csr-signer\)$/,
    );
  });

  test("ends when the first of all certificates does: that of one kubelet", async () => {
    change({ kubelets: { "worker-1": { servingMs: 20 * day } } });
    const { earliest } = await pass();
    expect(earliest?.what).toBe("serving certificate of worker-1");
    const left = Date.parse(earliest?.notAfter ?? "") - lab.worldClock.nowMs();
    expect(Math.abs(left - 20 * day)).toBeLessThan(minute);
  });

  test("with one node's certificate an hour short is refused, and that node is named", async () => {
    change({ kubelets: { "worker-1": { clientMs: 14 * day - hour } } });
    await expect(pass()).rejects.toThrow(
      /^the cluster's certificates would not outlive the shutdown \(mode accelerate makes the cluster rotate at once\): client certificate of worker-1 ends at \S+, 1 h 0 m too early \(14\.0 days are needed\); the cluster renews it between \S+ and \S+$/,
    );
    expect(lab.model().pods.list()).toEqual([]);
  });

  test("with an expired signer is refused", async () => {
    const now = lab.worldClock.nowMs();
    lab.model().state.signers["kube-apiserver-to-kubelet-signer"] = {
      notBefore: now - 365 * day,
      notAfter: now - hour,
    };
    await expect(pass()).rejects.toThrow(
      /at once\): kube-apiserver-to-kubelet-signer expired at \S+; its renewal was due at \S+$/,
    );
  });

  test("with a node that cannot be read is refused, whatever kept it from being read", async () => {
    change({
      kubelets: { "master-1": { isUnreadable: true } },
      pods: { "worker-1": { startMs: hour } },
    });
    const image = "quay.example/broken";
    await expect(pass({ image })).rejects.toThrow(
      /certificates of master-1 could not be read: it printed 1 lines, not 3; certificates of worker-1 could not be read: no answer within 1 m 0 s \(4 of 5 done, worker-1 Pending\)$/,
    );
    expect(lab.model().pods.list()).toEqual([]);
  });

  test("with a node that is down is refused without trying to run a pod there", async () => {
    const worker = lab.guests.all().find(({ name }) => name === "worker-0");
    if (!worker) throw new Error("there is no worker-0");
    lab.guests.pullPlug(worker);
    lab.worldClock.advance(2 * minute);
    await expect(pass()).rejects.toThrow(
      /at once\): certificates of worker-0 could not be read: it is not Ready$/,
    );
    expect(podsMade()).toBe(4);
  });

  test("whose pods may not be made is told in the API's words", async () => {
    lab.world.faults.add({
      match: { service: "openshift", action: "createPod" },
      then: { status: 403 },
    });
    await expect(pass()).rejects.toThrow(/^cannot create pod .*: 403 fault by script$/);
  });

  test("is read by other means where pods are not the means", async () => {
    const dates = "notBefore=Jan  1 00:00:00 2026 GMT notAfter=Mar  1 00:00:00 2026 GMT";
    const runOnNodes: RunOnNodes = (_, { nodeNames, onOutput, onFailed }) => {
      for (const name of nodeNames.slice(1)) {
        onOutput?.(name, `client ${dates}\nserving ${dates}\nbootstrap token \n`);
      }
      onFailed?.(nodeNames[0] ?? "", "ssh: no");
      return Promise.resolve();
    };
    await expect(pass({ runOnNodes })).rejects.toThrow(
      /at once\): certificates of master-0 could not be read: ssh: no$/,
    );
    expect(podsMade()).toBe(0);
  });

  test("is judged by its own clock, not by ours", async () => {
    const now = () => new Date(lab.worldClock.nowMs() + 20 * day);
    expect((await pass({ clock: { ...lab.clock, now } })).rotated).toBe(true);
  });

  test("with an expired bootstrap credential passes, and that is noted", async () => {
    change({ kubelets: { "master-0": { bootstrapMs: -hour } } });
    const { notes } = await pass();
    expect(notes).toEqual([
      expect.stringMatching(
        /^bootstrap credential of master-0 expired at \S+: it is not needed before the client certificate ends$/,
      ),
    ]);
  });
});

describe("a cluster in its first day", () => {
  beforeEach(() => {
    lab.worldClock.advance(18 * hour);
  });

  test("is waited for exactly until it has rotated, and what is short is told with its time", async () => {
    const { startedAt, ...evidence } = await pass();
    expect(evidence.rotated).toBe(true);
    const rotatedAt = lab.model().state.signers["csr-signer"].notBefore;
    const late = Date.parse(evidence.endedAt) - rotatedAt;
    expect(Date.parse(startedAt)).toBeLessThan(rotatedAt);
    expect(late).toBeLessThan(3 * minute);
    expect(lines[0]).toMatch(
      /^csr-signer ends at \S+, 13\.8 days too early \(14\.0 days are needed\): it is still the installer's first, the cluster was installed 18 h 4 m ago; the cluster renews it by \S+; csr-signer-signer ends .*; client certificate of master-0 ends at .*; … \(15 in all\)$/,
    );
    // once at first, and once when the signers were good
    expect(podsMade()).toBeLessThanOrEqual(15);
  });

  test("is refused at once where the rotation comes after the deadline", async () => {
    const started = lab.worldClock.nowMs();
    await expect(pass({ deadlineMs: hour })).rejects.toThrow(
      /^the cluster's certificates would not outlive the shutdown \(mode accelerate makes the cluster rotate at once\): csr-signer ends at /,
    );
    expect(lab.worldClock.nowMs() - started).toBeLessThan(5000);
  });

  test("whose rotation does not come is given up at the deadline with what was last seen", async () => {
    lab.model().state.rotationAt += 40 * day;
    await expect(pass({ deadlineMs: 6 * hour })).rejects.toThrow(
      /^timed out after 6 h 0 m waiting for the cluster's certificates to be rotated; last seen: csr-signer expired at /,
    );
  });

  test("whose bootstrap credential has expired before the rotation is refused", async () => {
    change({ kubelets: { "master-0": { bootstrapMs: -hour } } });
    await expect(pass({ deadlineMs: 0 })).rejects.toThrow(
      /; bootstrap credential of master-0 expired at \S+, so a new certificate could not be asked for; /,
    );
  });

  test("passes when less is asked for than it has", async () => {
    const { rotated, earliest } = await pass({ minValidityMs: 4 * hour });
    expect(rotated).toBe(true);
    expect(Date.parse(earliest?.notAfter ?? "") - lab.worldClock.nowMs()).toBeLessThan(day);
  });
});

test("an API that is away in the middle of the wait does not end it", async () => {
  lab.worldClock.advance(18 * hour);
  let isTaken = false;
  const onProgress = (line: string) => {
    lines.push(line);
    if (!isTaken) change({ apiDownMs: 10 * minute });
    isTaken = true;
  };
  expect((await pass({ onProgress })).rotated).toBe(true);
  expect(
    lines.some(
      (line) =>
        line.startsWith("cannot get clusterversion version: ") ||
        line.startsWith("cannot get secret "),
    ),
  ).toBe(true);
});

test("the fixed wait counts from the installation, and claims nothing", async () => {
  const evidence = await pass({ mode: "wait" });
  expect(evidence).not.toHaveProperty("rotated");
  expect(elapsed(evidence)).toBeGreaterThan(24 * hour);
  expect(elapsed(evidence)).toBeLessThan(25 * hour);
  expect(evidence.kubelets).toHaveLength(5);
  expect(elapsed(await pass({ mode: "wait" }))).toBeLessThan(minute);
});

test("off reads the signers, says that it has not looked at kubelets, and waits for nothing", async () => {
  const evidence = await pass({ mode: "off" });
  expect(evidence).not.toHaveProperty("rotated");
  expect(evidence.earliest).toEqual({ what: "csr-signer", notAfter: "2026-01-06T08:00:12.000Z" });
  expect(evidence.kubelets).toEqual([]);
  expect(evidence.notes).toEqual(["kubelets were not read"]);
  expect(elapsed(evidence)).toBe(0);
  expect(podsMade()).toBe(0);
});
