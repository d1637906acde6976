import { connectKubeVirt, type KubeVirt } from "../../kubevirt";
import { openBastion } from "../../openshift";
import { kubeconfigOf, loginOf, type ReachContext } from "../cluster/reach";
import type { RunContext } from "../context";
import type { KubeVirtInputs } from "./inputs";

/** Everything to act with on KubeVirt. */
export interface KubeVirtContext extends RunContext {
  kubevirt: KubeVirt;
  /** The same, whose calls end only by themselves: for what must be done although all was cancelled. */
  lasting: KubeVirt;
  settings: KubeVirtInputs;
}

/** For how long a bastion that is down may stay so. */
const patienceMs = 60_000;

/**
 * Runs `work` with the KubeVirt that the inputs name, reached as they say. An open bastion would keep
 * the process from ending: it is closed whatever becomes of the work.
 *
 * @throws {InputError} with everything that is wrong with how it is to be reached, or that the
 * cluster does not serve KubeVirt
 */
export async function withKubeVirt<T>(
  settings: KubeVirtInputs,
  context: ReachContext,
  work: (context: KubeVirtContext) => Promise<T>,
): Promise<T> {
  const { bastion: inputs, namespace, addresses } = settings;
  const { clock, signal, report, warn, clusterSecrets } = context;
  const bastion =
    inputs === null
      ? undefined
      : openBastion({
          ...loginOf("kubevirt.bastion", inputs, clusterSecrets.bastion),
          host: inputs.host ?? "",
          keepAliveMs: inputs.keepAlive,
        });
  try {
    const kubeconfig = await kubeconfigOf("kubevirt", settings, bastion, patienceMs, context);
    const reach = { kubeconfig, bastion, addresses, namespace, clock };
    const lasting = await connectKubeVirt(reach);
    const kubevirt = lasting.withSignal(signal);
    return await work({ clock, signal, report, warn, kubevirt, lasting, settings });
  } finally {
    bastion?.close();
  }
}
