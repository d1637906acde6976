import { messageOf } from "../../common/errors";
import type { ReviveEvidence } from "../../openshift";
import { schemaVersion } from "../../snapset/identity";
import type { ClusterFacts } from "../../snapset/manifest";
import { reviveCluster } from "../../platforms/cluster/revive";
import type { ClusterInputs } from "../../platforms/cluster/inputs";
import type { Context } from "../../platforms/context";
import { withContext, type Surroundings } from "./context";
import { PartialFailure } from "./partialFailure";
import { isDifferent, type Provider } from "./provider";

/** Inputs of the Revival resource. */
export interface RevivalInputs {
  /** Ids of the cluster's servers: other servers are another restore, and revived again. */
  servers: string[];
  /** Ids of all servers of the environment. Absent in older state. */
  environment?: string[];
  cluster: ClusterInputs;
  /** What the set's manifest remembers; null for a set without one. */
  facts: ClusterFacts | null;
  /** When the set was captured: the cluster was off then. */
  capturedAt: string | null;
  /** The set, and the trigger that had the same servers put back to it. Absent in older state. */
  snapId?: string;
  trigger?: string;
  /** Until when the certificates of the set are valid. Absent in older state. */
  notAfter?: string | null;
  selfUrn: string;
}

/** Outputs of the Revival resource. */
export interface RevivalOutputs extends RevivalInputs {
  schemaVersion: number;
  phase: "unfinished" | "revived";
  evidence: ReviveEvidence | null;
}

/** Brings the cluster inside a restored environment back, and proves it. */
export function revivalProvider({
  config,
  engine,
}: Surroundings): Provider<RevivalInputs, RevivalOutputs> {
  const run = (inputs: RevivalInputs): Promise<RevivalOutputs> =>
    withContext(config, engine, inputs.selfUrn, (context) => reviveOrPartial(inputs, context));
  return {
    diff: (_id, olds, news) =>
      Promise.resolve({
        changes:
          olds.phase !== "revived" ||
          isDifferent(olds.servers, news.servers) ||
          wasPutBack(olds, news),
      }),
    create: async (inputs) => ({ id: "revival", outs: await run(inputs) }),
    update: async (_id, _olds, news) => ({ outs: await run(news) }),
  };
}

/** The same servers may have gone back to a set in place; older state says of which by its time alone. */
function wasPutBack(olds: RevivalInputs, news: RevivalInputs): boolean {
  return (
    isDifferent(olds.snapId ?? news.snapId, news.snapId) ||
    isDifferent(olds.trigger ?? "", news.trigger ?? "") ||
    isDifferent(olds.capturedAt, news.capturedAt)
  );
}

async function reviveOrPartial(inputs: RevivalInputs, context: Context): Promise<RevivalOutputs> {
  try {
    const { facts, capturedAt: offAt, notAfter = null, environment: servers } = inputs;
    const known = { facts, offAt, notAfter, servers };
    const evidence = await reviveCluster(inputs.cluster, known, context);
    return { ...inputs, schemaVersion, phase: "revived", evidence };
  } catch (error) {
    throw new PartialFailure(
      "revival",
      { ...inputs, schemaVersion, phase: "unfinished", evidence: null },
      [messageOf(error), "the servers are left as they are; `pulumi up` goes on with the revive"],
      { cause: error },
    );
  }
}
