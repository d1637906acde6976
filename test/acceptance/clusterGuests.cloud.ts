import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "../../openstack";
import type { ReviveEvidence } from "../../openshift";
import type { Run } from "../../sandbox/pulumiProject";
import { decodeManifest } from "../../snapset/manifest";
import { GuestPower } from "../kube/GuestPower";
import { KubeCluster } from "../kube/KubeCluster";
import type { LabNode } from "../kube/nodeObjects";
import { programs } from "../kube/programs";
import { acceptanceProject, addressesOf, type Address } from "./cloud";

interface Outputs {
  snap_id: string;
  snapset_data: { instances: Record<string, { uuid: string }> };
  images: { member: string; imageId: string }[];
  cluster: { status: string; evidence: ReviveEvidence };
}

const nodes: readonly LabNode[] = [
  { name: "cluster-master", role: "master", ip: "192.168.79.10" },
  { name: "cluster-worker", role: "worker", ip: "192.168.79.20" },
];
const names = nodes.map(({ name }) => name);
const declared: Record<string, Address> = {
  "cluster-controller": { mac: "fa:16:9e:79:00:05", ip: "192.168.79.254" },
  "cluster-master": { mac: "fa:16:9e:79:00:10", ip: "192.168.79.10" },
  "cluster-worker": { mac: "fa:16:9e:79:00:20", ip: "192.168.79.20" },
};

/** `npm run test:cloud` names them where they are there; `npm run test:kube` builds them. */
const hasPrograms = process.env["OCAPI_BIN"] !== undefined;

(hasPrograms ? describe : describe.skip)(
  "a cluster with a real API in guests of a real cloud",
  () => {
    const { OS_CLOUD = "", OS_CLIENT_CONFIG_FILE } = process.env;
    const env = { OS_CLOUD, ...(OS_CLIENT_CONFIG_FILE && { OS_CLIENT_CONFIG_FILE }) };
    let client: Awaited<ReturnType<typeof connect>>;
    let place: ReturnType<typeof acceptanceProject>;
    let power: GuestPower;
    let cluster: KubeCluster;

    const outputs = async (stack: string) =>
      (await place.project.outputs(stack)) as unknown as Outputs;
    const succeed = (run: Run): string => {
      if (run.code !== 0) throw new Error(`exit code ${run.code}\n${run.output}`);
      return run.output;
    };
    const idsOf = async (stack: string) => {
      const { instances } = (await outputs(stack)).snapset_data;
      return Object.fromEntries(Object.entries(instances).map(([name, { uuid }]) => [name, uuid]));
    };

    beforeAll(async () => {
      client = await connect({ cloud: OS_CLOUD });
      place = acceptanceProject(env);
      const common = { "openstack:cloud": OS_CLOUD };
      const environment = "test/acceptance/cluster-guests.yaml";
      await place.project.createStack("source", { ...common, "snapset:environment": environment });
      succeed(await place.project.up("source"));

      power = new GuestPower(client, names);
      await power.look();
      cluster = await KubeCluster.open(programs, {
        nodes,
        shutDown: (name) => power.shutDown(name),
        idOf: (name) => power.idOf(name),
      });
      power.follow(cluster);

      const kubeconfig = join(place.directory, "kubeconfig");
      writeFileSync(kubeconfig, cluster.plane.kubeconfig(cluster.product), { mode: 0o600 });
      const stability = { beforeShutdown: "5s", extended: "5s" };
      const settings = { "snapset:cluster": { kubeconfig, stability, drain: "5s" } };
      await place.project.createStack("snapshot", { ...common, ...settings });
      await place.project.createStack("dev", {
        ...common,
        ...settings,
        "snapset:environment": environment,
      });
    });

    afterAll(async () => {
      await power.stop();
      await cluster.close();
      for (const stack of ["dev", "source", "snapshot"]) await place.project.destroy(stack);
      await client.close();
      place.remove();
    });

    it("is captured: told to shut down from inside, and seen off by Nova before any image", async () => {
      const before = await idsOf("source");
      succeed(await place.project.up("snapshot"));
      const { images, snap_id } = await outputs("snapshot");
      const anchorId = images.find(({ member }) => member === "cluster-controller")?.imageId ?? "";
      const manifest = decodeManifest(await client.image.showImage(anchorId), "the anchor");
      expect(manifest.members.map(({ name, serverId, stop }) => [name, serverId, stop])).toEqual([
        ["cluster-controller", before["cluster-controller"], "graceful"],
        ["cluster-master", before["cluster-master"], "inside"],
        ["cluster-worker", before["cluster-worker"], "inside"],
      ]);
      expect(manifest.cluster?.nodes.map(({ name, cordoned }) => [name, cordoned])).toEqual(
        names.map((name) => [name, false]),
      );
      expect(cluster.powered()).toEqual([]);
      place.project.configure("dev", { "snapset:snapId": snap_id });
    });

    it("is restored as other servers, and proven to be back in them", async () => {
      const before = await idsOf("source");
      succeed(await place.project.destroy("source"));
      succeed(await place.project.up("dev"));
      const { snapset_data, cluster: outcome } = await outputs("dev");
      expect(await addressesOf(client, snapset_data)).toEqual(declared);
      expect(outcome.status).toBe("revived");
      expect(outcome.evidence.uncordoned).toEqual(names);
      expect(outcome.evidence.freshness.operators).toHaveLength(34);
      const after = await idsOf("dev");
      const machines = (await (await cluster.connect()).listNodes()).map(({ metadata, status }) => [
        metadata.name,
        status?.nodeInfo?.systemUUID,
      ]);
      expect(machines).toEqual(names.map((name) => [name, after[name]]));
      for (const name of names) expect(after[name]).not.toBe(before[name]);
    });
  },
);
