import { passRotationGate, type RotationGate } from "../../openshift/rotationGate";
import { day, hour, Lab, minute } from "../sandbox/openshift/lab";

let lab: Lab;

beforeEach(async () => {
  lab = await new Lab().open();
  lab.install();
});
afterEach(() => lab.close());

async function pass(gate: Partial<RotationGate>) {
  return passRotationGate(await lab.cluster(), { mode: "gate", clock: lab.clock, ...gate });
}

test("refuses a cluster whose first certificates would expire", async () => {
  await expect(pass({})).rejects.toThrow(
    /^the cluster's certificates would not outlive the shutdown: csr-signer is still the installer's first, valid until 2026-01-06T08:00:12Z; the cluster was installed 4 m 48 s ago; csr-signer-signer is still /,
  );
});

test("passes a cluster that has rotated", async () => {
  lab.worldClock.advance(25 * hour);
  const evidence = await pass({});
  expect(evidence).toMatchObject({ mode: "gate", rotated: true });
  expect(evidence.signers.map((signer) => signer.name)).toEqual([
    "csr-signer",
    "csr-signer-signer",
    "kube-apiserver-to-kubelet-signer",
  ]);
  const left = Date.parse(evidence.notAfter ?? "") - lab.worldClock.nowMs();
  expect(left).toBeGreaterThan(29 * day);
});

test("waits for the rotation when told how long", async () => {
  const lines: string[] = [];
  lab.worldClock.advance(19 * hour);
  const evidence = await pass({ deadlineMs: day, onProgress: (line) => lines.push(line) });
  expect(evidence.rotated).toBe(true);
  const waited = Date.parse(evidence.endedAt) - Date.parse(evidence.startedAt);
  expect(waited).toBeGreaterThan(0);
  expect(waited).toBeLessThan(5 * hour);
  expect(lines[0]).toMatch(/^csr-signer is still the installer's first/);
});

test("gives up at the deadline with what it last saw", async () => {
  await expect(pass({ deadlineMs: hour })).rejects.toThrow(
    /^timed out after 1 h 0 m waiting for the cluster's certificates to be rotated; last seen: csr-signer is still /,
  );
});

test("the fixed wait counts from the installation, and claims nothing", async () => {
  const evidence = await pass({ mode: "wait" });
  expect(evidence).not.toHaveProperty("rotated");
  const waited = Date.parse(evidence.endedAt) - Date.parse(evidence.startedAt);
  expect(waited).toBeGreaterThan(24 * hour);
  expect(waited).toBeLessThan(25 * hour);
  const again = await pass({ mode: "wait" });
  expect(again.endedAt).toBe(again.startedAt);
});

test("off reads the dates and waits for nothing", async () => {
  const evidence = await pass({ mode: "off" });
  expect(evidence).not.toHaveProperty("rotated");
  expect(evidence.notAfter).toBe("2026-01-06T08:00:12.000Z");
  expect(Date.parse(evidence.endedAt) - Date.parse(evidence.startedAt)).toBeLessThan(minute);
});
