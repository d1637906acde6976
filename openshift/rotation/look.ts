import type { Cluster } from "../api/cluster";
import { installedAtOf } from "../facts";
import type { NodeReading } from "./credentials";
import { judgeRotation, type RotationVerdict } from "./judgeRotation";
import { readKubelets, type NodeReach } from "./readKubelets";
import { readSigners, type Signer } from "./signers";

/** The operator renews a csr-signer of 30 days when 15 are left: a rotated one always has more. */
const defaultMinValidityMs = 14 * 86_400_000;

/** Reading nodes takes a pod on each. While only they are waited for, it is done this often. */
const rereadMs = 120_000;

/** What to look at, and what to judge by. */
export interface RotationLooks extends NodeReach {
  /** How long everything must still be valid. @default 14 days */
  minValidityMs?: number | undefined;
}

/** What was seen, and what that means. */
export interface RotationLook {
  /** By the cluster's clock. */
  now: Date;
  signers: readonly Signer[];
  kubelets: readonly NodeReading[];
  verdict: RotationVerdict;
}

/** Looks at everything. */
export function lookAtRotation(cluster: Cluster, looks: RotationLooks): Promise<RotationLook> {
  return lookWhenItMatters(cluster, looks)();
}

/** For repeated looks: at the signers each time, at the nodes when that can change the verdict. */
export function lookWhenItMatters(
  cluster: Cluster,
  looks: RotationLooks,
): () => Promise<RotationLook> {
  let kubelets: { at: number; readings: NodeReading[] } | undefined;
  let installedAt: string | undefined;
  return async () => {
    installedAt ??= installedAtOf(await cluster.readClusterVersion());
    const signers = await readSigners(cluster);
    // certificates are dated by the cluster's clock, and ours may be wrong
    const now = (await cluster.readServerTime()) ?? looks.clock.now();
    const minValidityMs = looks.minValidityMs ?? defaultMinValidityMs;
    const judge = (readings: readonly NodeReading[]) =>
      judgeRotation({ signers, kubelets: readings }, { now, minValidityMs, installedAt });
    const { shortfalls } = judge(kubelets?.readings ?? []);
    const areSignersGood = shortfalls.every(({ kind }) => kind !== "signer");
    if (!kubelets || (areSignersGood && now.getTime() - kubelets.at >= rereadMs)) {
      kubelets = { at: now.getTime(), readings: await readKubelets(cluster, looks) };
    }
    return { now, signers, kubelets: kubelets.readings, verdict: judge(kubelets.readings) };
  };
}
