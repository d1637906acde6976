import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../common/clock";
import type { ClusterInputs } from "../../platforms/cluster/inputs";
import { connectCluster, type Cluster } from "../../openshift";
import {
  changeCluster,
  clustersOf,
  kubeconfigFor,
  type ClusterChange,
} from "../../sandbox/openshift";
import type { Instance } from "../../snapset/snapsetData";
import { FaultyCloud } from "./FaultyCloud";
import { Providers } from "./Providers";

const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** An installation takes an hour, the first rotation of certificates a day. */
const agingMs = 27 * hourMs;

/** A sandbox with a cluster of a master and a worker, a day old, and a minute of it a second of ours. */
export class ClusterCloud {
  private constructor(
    readonly cloud: FaultyCloud,
    readonly instances: Instance[],
    readonly settings: ClusterInputs,
    readonly cluster: Cluster,
    private readonly address: string,
  ) {}

  static async open(): Promise<ClusterCloud> {
    const cloud = await FaultyCloud.open({ timeScale: 60, clockOffsetMs: -agingMs });
    const instances = [
      cloud.boot("controller", "controller", 1),
      cloud.boot("master0", "ocp_master", 2),
      cloud.boot("worker0", "ocp_worker", 3),
    ];
    cloud.world.clock.advance(agingMs);
    const [address = ""] = cloud.world.guests().find((it) => it.name === "master0")?.ips ?? [];
    const kubeconfig = join(cloud.directory, "kubeconfig");
    writeFileSync(kubeconfig, kubeconfigFor(cloud.sandbox.url, address));
    const settings: ClusterInputs = {
      kubeconfig,
      stability: { beforeShutdown: 1000, initial: 500, extended: 1000 },
      rounds: "proof",
      rotation: { mode: "gate", minValidity: 14 * dayMs, wait: 0 },
      debugImage: null,
      drain: 2000,
      deadline: 60_000,
    };
    const cluster = await connectCluster({ kubeconfig: { path: kubeconfig }, clock: systemClock });
    return new ClusterCloud(cloud, instances, settings, cluster, address);
  }

  close(): Promise<void> {
    return this.cloud.close();
  }

  /** The stack's configuration, as far as it is about the cluster. */
  get config(): Record<string, string> {
    const { kubeconfig } = this.settings;
    const stability = { beforeShutdown: "1s", initial: "0.5s", extended: "1s" };
    return {
      "snapset:cluster": JSON.stringify({ kubeconfig, stability, drain: "2s", deadline: "60s" }),
    };
  }

  get providers(): Providers {
    return new Providers(this.cloud.env, this.config);
  }

  /** The model of the cluster, which has to run. */
  model() {
    const model = clustersOf(this.cloud.world).at(this.address);
    if (model === undefined) throw new Error("no cluster runs");
    return model;
  }

  change(wanted: ClusterChange): void {
    changeCluster(this.model(), wanted);
  }

  /** Node → whether pods are kept from it, as the cluster's own API says. */
  async cordoned(): Promise<Record<string, boolean>> {
    const nodes = await this.cluster.listNodes();
    return Object.fromEntries(
      nodes.map(({ metadata, spec }) => [metadata.name, spec?.unschedulable === true]),
    );
  }

  /** Our marks on the nodes, and our pods. */
  async traces(): Promise<string[]> {
    const nodes = await this.cluster.listNodes();
    const marks = nodes.flatMap(({ metadata }) =>
      Object.keys(metadata.annotations ?? {}).filter((key) => key.startsWith("snapset/")),
    );
    return [
      ...marks,
      ...this.model()
        .pods.list()
        .map(({ name }) => name),
    ];
  }
}
