import { waitFor } from "../../common/wait";
import type { Cluster } from "../api/cluster";
import { tolerate, type Tolerated } from "../api/tolerate";
import type { AccelerationContext } from "./accelerate";
import type { Shortfall } from "./judgeRotation";
import { readSigner, signerInUse, signerSecrets, type Signer } from "./signers";

const minuteMs = 60_000;

/** Operators look at their secrets at every change. */
const signersDeadlineMs = 15 * minuteMs;

/** Five minutes and some seconds by cluster-kube-controller-manager-operator's ManageCSRSigner. */
const inUseDeadlineMs = 20 * minuteMs;

/** Deletes the secrets of the signers that fall short; their operator makes new ones. */
export async function renewSigners(
  context: AccelerationContext,
  shortfalls: readonly Shortfall[],
): Promise<void> {
  const { cluster } = context;
  const names = shortfalls.map(({ what }) => what);
  const secrets = signerSecrets.filter(([, name]) => names.includes(name));
  await context.step("signers", async () => {
    const read = () =>
      Promise.all(secrets.map(([namespace, name]) => readSigner(cluster, namespace, name)));
    for (const [namespace, name] of secrets) await cluster.deleteSecret(namespace, name);
    const seen = await waitFor<Tolerated<Signer[]>>({
      what: `${names.join(" and ")} to be made anew`,
      observe: () => tolerate(read),
      isDone: (seen) =>
        "value" in seen && seen.value.every(({ notAfter }) => notAfter !== undefined),
      describe: (seen) => ("problem" in seen ? seen.problem : describeSigners(seen.value)),
      deadlineMs: signersDeadlineMs,
      ...pace(context, "signers"),
    });
    return "value" in seen ? describeSigners(seen.value) : seen.problem;
  });
}

/** A kubelet that asks before that gets a certificate that ends with the old signer. */
export async function awaitSignersInUse(context: AccelerationContext): Promise<void> {
  await context.step("signer in use", async () => {
    const seen = await waitFor<Tolerated<SignerUse>>({
      what: "the new csr-signer to be used",
      observe: () => tolerate(() => readUse(context.cluster)),
      isDone: (seen) => "value" in seen && isInUse(seen.value),
      describe: (seen) => ("problem" in seen ? seen.problem : describeUse(seen.value)),
      deadlineMs: inUseDeadlineMs,
      ...pace(context, "signer in use"),
    });
    return "value" in seen ? describeUse(seen.value) : seen.problem;
  });
}

interface SignerUse {
  made: Signer;
  used: Signer;
}

async function readUse(cluster: Cluster): Promise<SignerUse> {
  const [made, used] = await Promise.all([
    readSigner(cluster, ...signerSecrets[0]),
    readSigner(cluster, ...signerInUse),
  ]);
  return { made, used };
}

function isInUse({ made, used }: SignerUse): boolean {
  return made.notAfter !== undefined && made.notAfter === used.notAfter;
}

function describeUse({ made, used }: SignerUse): string {
  const until = ({ notAfter = "an unknown time" }: Signer) => notAfter;
  return isInUse({ made, used })
    ? `certificates are signed until ${until(used)}`
    : `certificates are still signed by the csr-signer until ${until(used)}, not by that until ${until(made)}`;
}

function describeSigners(signers: readonly Signer[]): string {
  return signers.map(({ name, notAfter }) => `${name} until ${notAfter ?? "gone"}`).join(", ");
}

function pace({ clock, signal, onProgress }: AccelerationContext, step: string) {
  const maxIntervalMs = 10_000;
  return {
    clock,
    signal,
    intervalMs: 2000,
    maxIntervalMs,
    onProgress: (seen: string) => onProgress?.(`${step}: ${seen}`),
  };
}
