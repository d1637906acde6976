import { systemClock } from "../../common/clock";
import type { CaptureOutputs } from "../../platforms/capture/types";
import { clusterInputsOf, type ClusterInputs } from "../../platforms/cluster/inputs";
import type { RevivalInputs } from "../../dynamic/providers/revival";
import { connectCluster } from "../../openshift";
import { clustersOf, kubeconfigFor } from "../../sandbox/openshift";
import type { Guest } from "../../sandbox/world";
import { callerOf } from "../../sandbox/world/identity";
import { parseClusterSettings } from "../../snapset/config";
import type { Role } from "../../snapset/roles";
import type { Instance } from "../../snapset/snapsetData";
import { Folder, Sshd, user } from "../openshift/ssh/sshd";
import { FaultyCloud } from "./FaultyCloud";
import { Providers } from "./Providers";

/** An installation takes an hour, the first rotation of certificates a day. */
const agingMs = 27 * 3_600_000;

/** Where the environment's servers are: on loopback, so that their sshds can be real ones. */
export const addresses = { controller: "127.0.9.4", master0: "127.0.9.10" };

/** Key pairs, and a home on the controller in which a kubeconfig can be put. */
export const folder = new Folder();
export const key = folder.makeKey("key");
export const sshd = new Sshd(folder, "bastion", [key], addresses.controller);

/** A controller, a master with a cluster that was installed long ago, and a way in by the controller. */
export class BastionCloud {
  private constructor(
    readonly cloud: FaultyCloud,
    readonly instances: Instance[],
  ) {}

  static async open(): Promise<BastionCloud> {
    const cloud = await FaultyCloud.open({ timeScale: 60, clockOffsetMs: -agingMs });
    const instances = bootEnvironment(cloud, "");
    cloud.world.clock.advance(agingMs);
    folder.write("kubeconfig", kubeconfigFor(cloud.sandbox.url, addresses.master0));
    folder.write("known_hosts", sshd.knownHost());
    return new BastionCloud(cloud, instances);
  }

  /** A second environment of the same addresses, as restored from the same set. */
  openTwin(): Instance[] {
    const twins = bootEnvironment(this.cloud, "twin-");
    this.cloud.world.clock.advance(agingMs);
    return twins;
  }

  /** `snapset:cluster` as a user writes it, the controller being the bastion. */
  configure(bastion: object = {}, more: object = {}): { inputs: ClusterInputs; on: Providers } {
    const config = JSON.stringify({
      remoteKubeconfig: "~/kubeconfig",
      bastion: {
        host: addresses.controller,
        port: sshd.port,
        user,
        keyFile: key.file,
        knownHosts: `${folder.path}/known_hosts`,
        ...bastion,
      },
      stability: { beforeShutdown: "1s", initial: "0.5s", extended: "1s" },
      drain: "0s",
      deadline: "60s",
      ...more,
    });
    const settings = parseClusterSettings(config);
    if (settings === undefined) throw new Error("there are no settings");
    const on = new Providers(this.cloud.env, { "snapset:cluster": config });
    return { inputs: clusterInputsOf(settings, this.instances), on };
  }

  /** What a revive of the servers needs, after they were captured and left off. */
  revivalOf(captured: CaptureOutputs, cluster: ClusterInputs): RevivalInputs {
    const { cluster: facts, capturedAt } = captured.progress;
    const servers = this.instances.map(({ uuid }) => uuid);
    return { servers, environment: servers, cluster, facts, capturedAt, selfUrn: "urn:test" };
  }

  /** Starts the servers that a capture has left off. */
  start(): void {
    for (const { name } of this.instances) this.cloud.start(name);
  }

  guest(name: string): Guest {
    const guest = this.cloud.world.guests().find((it) => it.name === name);
    if (guest === undefined) throw new RangeError(`there is no guest ${name}`);
    return guest;
  }

  /** The cluster that answers at the master's address. */
  model() {
    const model = clustersOf(this.cloud.world).at(addresses.master0);
    if (model === undefined) throw new Error("no cluster answers");
    return model;
  }

  /** How many nodes are cordoned in the cluster that answers. */
  async cordoned(): Promise<number> {
    const content = kubeconfigFor(this.cloud.sandbox.url, addresses.master0);
    const cluster = await connectCluster({ kubeconfig: { content }, clock: systemClock });
    return (await cluster.listNodes()).filter((node) => node.spec?.unschedulable === true).length;
  }

  close(): Promise<void> {
    return this.cloud.close();
  }
}

function bootEnvironment(cloud: FaultyCloud, prefix: string): Instance[] {
  const { identity, networking } = cloud.world;
  const caller = callerOf(identity.logIn({ name: "demo" }, "sandbox", undefined));
  const network = networking.networks.create(cloud.projectId, { name: `${prefix}loopback` });
  networking.networks.createSubnet(caller, { network_id: network.id, cidr: "127.0.9.0/24" });
  const boot = (name: keyof typeof addresses, role: Role) =>
    bootAt(cloud, network.id, `${prefix}${name}`, role, addresses[name]);
  return [boot("controller", "controller"), boot("master0", "ocp_master")];
}

function bootAt(
  cloud: FaultyCloud,
  networkId: string,
  name: string,
  role: Role,
  address: string,
): Instance {
  const { identity, compute, images, networking, clock } = cloud.world;
  const fixed_ips = [{ ip_address: address }];
  const port = networking.ports.create(cloud.projectId, networkId, { fixed_ips });
  const server = compute.building.create(
    callerOf(identity.logIn({ name: "demo" }, "sandbox", undefined)),
    {
      name,
      flavorId: compute.servers.flavors[0]?.id ?? "",
      imageId: images.all()[0]?.id ?? "",
      metadata: { snapset_role: role },
      networks: [{ port: port.id }],
      blockDevices: [],
      requestId: "req-of-the-test",
    },
  );
  clock.advance(10_000);
  return { name, uuid: server.id, role, macAddress: port.mac_address };
}
