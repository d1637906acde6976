import { restorationProvider, type RestorationInputs } from "../../dynamic/providers/restoration";
import { KubeVirtLab } from "../../sandbox/KubeVirtLab";
import { realTime } from "../../sandbox/world/worldClock";
import { restoreMembersOf } from "../../snapset/kubevirt/restoreMembers";
import { Application, parks } from "./kubevirt/Application";

const times = { bootMs: 100, agentMs: 100, stopMs: 100, cutMs: 200, uploadMs: 200, provisionMs: 0 };

test("an up for another trigger that was killed after its restore: the next one does not restore again", async () => {
  const on = await new KubeVirtLab({ time: realTime, times }).open();
  try {
    const app = await Application.start(on);
    const { manifest } = await app.capture({ afterCapture: "resume" });
    const provider = restorationProvider({
      config: {
        get: () => JSON.stringify({ kubeconfigContent: on.kubeconfig, namespace: on.namespace }),
      },
      engine: {
        signal: new AbortController().signal,
        status: () => undefined,
        warn: () => undefined,
      },
    });
    const inputs: RestorationInputs = {
      platform: "kubevirt",
      snapId: manifest.snapId,
      trigger: "1",
      members: restoreMembersOf(manifest.members, { names: undefined, targets: {} }),
      readiness: { policy: "StopTarget", gracePeriod: 0 },
      deadline: 60_000,
      kubevirt: app.machines.settings,
      selfUrn: "urn:test",
    };
    const { id, outs } = await provider.create(inputs);
    const news = { ...inputs, trigger: "2" };
    // Killed before the engine has kept its answer.
    await provider.update?.(id, outs, news);
    await app.guest(app.db).write(parks, "a day's work");
    await provider.update?.(id, outs, news);
    expect((await app.guest(app.db).files())[parks]).toBe("a day's work");
  } finally {
    await on.close();
  }
}, 60_000);
