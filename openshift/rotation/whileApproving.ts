import type { Clock } from "../../common/clock";
import type { Cluster } from "../api/cluster";
import type { CsrApprovals } from "../csr/CsrApprovals";
import { tolerate } from "../api/tolerate";
import type { Node } from "../api/types";

/** Few requests are approved in one look, and a kubelet that waits is a node that is not Ready. */
const intervalMs = 500;

/** Whose requests are approved meanwhile. */
export interface Approving {
  csrs: CsrApprovals;
  /** Nodes whose kubelets have no certificates; others need none from the bootstrapper. */
  restarted: readonly string[];
  clock: Clock;
  signal?: AbortSignal | undefined;
}

/**
 * Approves what the named nodes' kubelets ask for while `work` goes on: it needs kubelets that have
 * their certificates.
 *
 * @throws what `work` throws, or {@link ClusterError} when approving is refused, which ends the work
 */
export async function whileApproving<T>(
  cluster: Cluster,
  { csrs, restarted, clock, signal }: Approving,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const refusal = new AbortController();
  const over = new AbortController();
  const aborts = AbortSignal.any([refusal.signal, ...(signal ? [signal] : [])]);
  const ended = AbortSignal.any([over.signal, aborts]);
  const approve = async () => {
    while (!ended.aborted) {
      await tolerate(async () => {
        const nodes = await cluster.listNodes();
        const facts = {
          nodes,
          names: nodes.map((node) => node.metadata.name),
          isUp: (node: Node) => !restarted.includes(node.metadata.name),
        };
        return csrs.pass(facts);
      });
      await clock.sleep(intervalMs, ended).catch((error: unknown) => {
        if (!ended.aborted) throw error;
      });
    }
  };
  const approving = approve().catch((error: unknown) => {
    refusal.abort(error);
  });
  try {
    return await work(aborts);
  } finally {
    over.abort();
    await approving;
  }
}
