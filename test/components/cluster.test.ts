import * as pulumi from "@pulumi/pulumi";
import { Cluster } from "../../components/Cluster";
import { parseClusterSettings } from "../../snapset/config";

const step = {
  step: "proof",
  startedAt: "2026-01-01T00:00:00.000Z",
  endedAt: "2026-01-01T00:00:20.000Z",
  seen: "good since 2026-01-01T00:00:00.000Z",
};
const evidenceOf = (isProven: boolean) => ({ freshness: { isProven }, steps: [step] });
const inputs: Record<string, unknown>[] = [];

/** What the revive has shown; null before there was one. */
let evidence: ReturnType<typeof evidenceOf> | null = null;

beforeAll(async () => {
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs: given }) => {
        if (type.endsWith(":Revival")) inputs.push(given as Record<string, unknown>);
        return { id: `${name}-id`, state: { ...(given as object), evidence } };
      },
      call: ({ inputs: given }) => given as Record<string, unknown>,
    },
    "snapset",
    "dev",
  );
});

function promiseOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply(resolve);
  });
}

async function outputsOf(seen: typeof evidence) {
  evidence = seen;
  const settings = parseClusterSettings('{"kubeconfig":"kubeconfig"}');
  if (settings === undefined) throw new Error("there are no settings");
  const facts = { facts: null, capturedAt: null, notAfter: "2026-02-01T00:00:00.000Z" };
  const cluster = new Cluster("lab", {
    servers: ["a"],
    settings,
    environment: { instances: {} },
    ...facts,
  });
  return {
    status: await promiseOf(cluster.status),
    timings: await promiseOf(cluster.timings),
    evidence: await promiseOf(cluster.evidence),
  };
}

describe("the outputs of a cluster", () => {
  it("call it revived only when every node and operator was proven", async () => {
    expect((await outputsOf(evidenceOf(true))).status).toBe("revived");
    expect((await outputsOf(evidenceOf(false))).status).toBe("unproven");
  });

  it("tell the steps as the phases of a capture are told, and all the evidence", async () => {
    const seen = await outputsOf(evidenceOf(true));
    const { step: name, startedAt, endedAt, seen: words } = step;
    expect(seen.timings).toEqual([{ name, startedAt, endedAt, evidence: words }]);
    expect(seen.evidence).toEqual(evidenceOf(true));
  });

  it("are empty before there was a revive", async () => {
    expect(await outputsOf(null)).toEqual({ status: null, timings: [], evidence: null });
  });

  it("pass on until when the set's certificates are valid", async () => {
    inputs.length = 0;
    await outputsOf(null);
    expect(inputs.map((it) => it["notAfter"])).toEqual(["2026-02-01T00:00:00.000Z"]);
  });
});
