import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { KubeVirtLab } from "./KubeVirtLab";
import { realTime } from "./world/worldClock";

/** What `sandbox kubevirt` is told. */
export interface KubeVirtOptions {
  kubeconfig: string;
  vm: readonly string[];
}

/**
 * Leaves a cluster with KubeVirt running until it is told to end: machines run, with their agents.
 *
 * @param ended resolves when it is to end
 * @param say each line for whoever has started it
 */
export async function serveKubeVirt(
  { kubeconfig, vm }: KubeVirtOptions,
  ended: Promise<void>,
  say: (text: string) => void,
): Promise<void> {
  const lab = await new KubeVirtLab({ time: realTime }).open();
  try {
    const path = resolve(kubeconfig);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, lab.kubeconfig, { mode: 0o600 });
    await Promise.all(vm.map((name) => lab.addVirtualMachine({ name })));
    say(`kubevirt: machines ${vm.join(", ") || "none"}, namespace ${lab.namespace}`);
    say(`use it:  export KUBECONFIG=${path}`);
    await ended;
  } finally {
    await lab.close();
  }
  say("kubevirt: ended");
}
