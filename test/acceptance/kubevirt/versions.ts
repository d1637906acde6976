import type { KubeVirtUnderTest } from "../KubeVirtUnderTest";
import { Application, failureOf, parks } from "./Application";
import type { WantedKubeVirt } from "./suite";

type Open = (wanted?: WantedKubeVirt) => Promise<KubeVirtUnderTest>;

/** Clusters that serve older versions, or no KubeVirt at all. */
export function describeVersions(open: Open): void {
  test("apiVersion: snapshot.kubevirt.io/v1alpha1, where the cluster has only that: captured, restored, deleted", async () => {
    const on = await open({ served: { "snapshot.kubevirt.io": ["v1alpha1"] } });
    try {
      const app = await Application.start(on);
      const { manifest } = await app.capture({ consistency: "quiesce" });
      expect(manifest.members[0]?.virtualMachine?.apiVersion).toBe("snapshot.kubevirt.io/v1alpha1");
      await app.guest(app.db).remove("/var/lib/mongo/");
      await app.machines.restore(manifest);
      expect((await app.guest(app.db).files())[parks]).toBe("Yosemite");
      await app.machines.remove(manifest);
      const paths = on.requests().map(({ path }) => path);
      expect(paths.filter((path) => path.includes("snapshot.kubevirt.io/v1beta1"))).toEqual([]);
    } finally {
      await on.close();
    }
  });

  test("a cluster without KubeVirt: it is said what it does not serve", async () => {
    const on = await open({
      served: { "snapshot.kubevirt.io": [], "subresources.kubevirt.io": [] },
    });
    try {
      const app = await Application.start(on);
      const message = await failureOf(app.capture());
      expect(message).toMatch(
        /^the cluster at https?:\/\/[^ ]+: it does not serve snapshot\.kubevirt\.io \(v1beta1 or v1alpha1\)/,
      );
      expect(message).toContain("is OpenShift Virtualization (KubeVirt) installed");
    } finally {
      await on.close();
    }
  });
}
