import type { Cluster } from "../api/cluster";
import { waitForAnswer } from "../api/tolerate";
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
    for (const [namespace, name] of secrets) await cluster.deleteSecret(namespace, name);
    const signers = await waitForAnswer({
      what: `${names.join(" and ")} to be made anew`,
      observe: () =>
        Promise.all(secrets.map(([namespace, name]) => readSigner(cluster, namespace, name))),
      isDone: (seen) => seen.every(({ notAfter }) => notAfter !== undefined),
      describe: describeSigners,
      deadlineMs: signersDeadlineMs,
      ...pace(context, "signers"),
    });
    return describeSigners(signers);
  });
}

/** A kubelet that asks before that gets a certificate that ends with the old signer. */
export async function awaitSignersInUse(context: AccelerationContext): Promise<void> {
  await context.step("signer in use", async () => {
    const use = await waitForAnswer({
      what: "the new csr-signer to be used",
      observe: () => readUse(context.cluster),
      isDone: isInUse,
      describe: describeUse,
      deadlineMs: inUseDeadlineMs,
      ...pace(context, "signer in use"),
    });
    return describeUse(use);
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
