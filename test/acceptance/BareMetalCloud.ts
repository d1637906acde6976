import type { RestorationInputs } from "../../dynamic/providers/restoration";
import type { Guest } from "../../sandbox/world/guest";
import type { BareMetalOptions } from "../../sandbox/world/baremetal/records";
import type { CaptureInputs } from "../../platforms/capture/types";
import type { Instance } from "../../snapset/snapsetData";
import type { RestoreMember } from "../../snapset/restoreOrder";
import { captureOf, FaultyCloud } from "./FaultyCloud";
import { Providers } from "./Providers";

/** The MACs of the machines of {@link BareMetalCloud}, by name. */
export const hardware = { master0: "52:54:00:00:00:10", master1: "52:54:00:00:00:11" };
type MachineName = keyof typeof hardware;

/** A sandbox with a controller in Nova and two machines in Ironic, which run from an image. */
export class BareMetalCloud {
  private constructor(
    readonly cloud: FaultyCloud,
    readonly controller: Instance,
  ) {}

  static async open(options: BareMetalOptions = {}, timeScale = 250): Promise<BareMetalCloud> {
    const nodes = Object.entries(hardware).map(([name, mac]) => ({
      name: `rack-${name}`,
      macs: [mac],
      image: "hotstack-controller",
    }));
    const cloud = await FaultyCloud.open({ timeScale, bareMetal: { nodes, ...options } });
    return new BareMetalCloud(cloud, cloud.boot("controller", "controller", 1));
  }

  close(): Promise<void> {
    return this.cloud.close();
  }

  get world() {
    return this.cloud.world;
  }

  node(name: MachineName) {
    return this.world.bareMetal.node(`rack-${name}`);
  }

  machine(name: MachineName): Instance {
    const [role, platform] = ["ocp_master", "ironic"] as const;
    return { name, uuid: this.node(name).uuid, role, macAddress: hardware[name], platform };
  }

  get machines(): Instance[] {
    return [this.machine("master0"), this.machine("master1")];
  }

  /** A set of both machines and the controller. */
  inputs(changes: Partial<CaptureInputs> = {}): CaptureInputs {
    return captureOf([this.controller, ...this.machines], { snapId: "metal001", ...changes });
  }

  /** Name → provision state, power, and marks that a capture has left. */
  states(): Record<string, string> {
    const names = Object.keys(hardware) as MachineName[];
    return Object.fromEntries(
      names.map((name) => {
        const { provisionState, powerState, fields } = this.node(name);
        const mark = fields.extra["snapset_snapshot"] === undefined ? [] : ["marked"];
        return [name, [provisionState, powerState, ...mark].join(", ")];
      }),
    );
  }

  /** What runs on a machine. */
  guest(name: MachineName): Guest {
    const guest = this.world.bareMetal.machineOf(this.node(name))?.guest;
    if (guest === undefined) throw new RangeError(`nothing runs on ${name}`);
    return guest;
  }

  bootCount(name: MachineName): number | undefined {
    return this.guest(name).disk.content.bootCount;
  }

  /** Captures a set of both machines, which are given back to Ironic after it. @returns their images */
  async captureAndUndeploy(): Promise<{ name: string; imageId: string }[]> {
    const outs = await this.cloud.capture(this.inputs());
    await this.undeploy("master0", "master1");
    this.world.requests.clear();
    return outs.images
      .filter(({ member }) => member !== "controller")
      .map(({ member, imageId }) => ({ name: member, imageId }));
  }

  /** An operator gives the machines back to Ironic, wiped. */
  async undeploy(...names: MachineName[]): Promise<void> {
    for (const name of names) {
      this.world.bareMetal.conductor.provision(this.node(name), "deleted", "");
    }
    await this.cloud.until("the machines to be available", () =>
      names.every((name) => this.node(name).provisionState === "available"),
    );
  }

  /** Somebody shuts machines down. */
  async powerOff(...names: MachineName[]): Promise<void> {
    for (const name of names) {
      this.world.bareMetal.conductor.power.request(this.node(name), name, "power off");
    }
    await this.cloud.until("the machines to be off", () =>
      names.every((name) => this.node(name).powerState === "power off"),
    );
  }

  /** How often something was asked of Ironic, e.g. `setProvisionState snapshot`. */
  asked(action: string): number {
    return this.cloud.asked(`baremetal ${action}`);
  }

  /** What was asked of Ironic to change anything. */
  changes(): string[] {
    return this.world.requests
      .filter(({ service, method }) => service === "baremetal" && method !== "GET")
      .map(({ action }) => action);
  }

  /** What an environment with these machines declares of a set. */
  restoration(
    members: readonly Pick<RestoreMember, "name" | "imageId">[],
    changes: Partial<RestorationInputs> = {},
  ): RestorationInputs {
    return {
      platform: "ironic",
      snapId: "metal001",
      trigger: "",
      members: members.map((it) => ({
        ...it,
        role: "ocp_master" as const,
        target: `rack-${it.name}`,
        volumes: [],
      })),
      readiness: { policy: "StopTarget", gracePeriod: 1000 },
      deadline: 60_000,
      selfUrn: "urn:test",
      ...changes,
    };
  }

  /** The providers, called as the engine calls them. */
  get providers(): Providers {
    return new Providers(this.cloud.env);
  }
}
