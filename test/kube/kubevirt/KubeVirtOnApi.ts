import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { request, Agent } from "undici";
import { systemClock } from "../../../common/clock";
import {
  customTypes,
  Disks,
  Faults,
  GuestAccess,
  missingOf,
  objectsOf,
  pathOf,
  resourceTypes,
  webhookNames,
  type Fault,
  type GuestMachine,
  type Served,
  type Times,
  type WantedVm,
} from "../../../sandbox/kubevirt";
import type { GuestUnderTest, KubeVirtUnderTest, Seen } from "../../acceptance/KubeVirtUnderTest";
import { ControlPlane, type Programs } from "../ControlPlane";
import { tokenOf } from "../install";
import { serviceAccount } from "../objects";
import { Pki } from "../Pki";
import { seedAll } from "../seed";
import { until } from "../until";
import { ApiControllers } from "./ApiControllers";
import { ApiView, shortTimes, type Machinery } from "./ApiView";
import { aggregation, definitions, kubevirtNamespace, storage, webhooks } from "./definitions";
import { FaultProxy } from "./FaultProxy";
import { productRights } from "./rights";
import { VirtApiStandIn } from "./VirtApiStandIn";

/** How a cluster differs from the usual one. */
export interface KubeVirtOnApiOptions {
  /** @default all versions */
  served?: Served;
  times?: Partial<Times>;
}

const account = { namespace: "snapset", name: "snapset" };

/**
 * KubeVirt on a real API server: its types, webhooks and aggregated API are asked for as on a
 * cluster, and the sandbox's controllers and guests are behind them.
 */
export class KubeVirtOnApi implements KubeVirtUnderTest, Machinery {
  readonly clock = systemClock;
  readonly namespace = "default";
  readonly faults = new Faults();
  readonly disks = new Disks();
  readonly guests = new Map<string, GuestMachine>();
  readonly retries = new Map<string, number>();
  readonly times: Times;
  kubeconfig = "";
  readonly #controllers: ApiControllers;
  readonly #virtApi: VirtApiStandIn;
  readonly #proxy: FaultProxy;
  readonly #agent: Agent;

  private constructor(
    readonly plane: ControlPlane,
    private readonly directory: string,
    readonly served: Served,
    times: Partial<Times>,
  ) {
    this.times = { ...shortTimes, ...times };
    const ca = plane.pki.serverAuthority.pair.certificate;
    this.#controllers = new ApiControllers(plane.lab, this);
    this.#virtApi = new VirtApiStandIn(plane.lab, this, plane.pki);
    this.#proxy = new FaultProxy(plane.server, ca, this.faults, served);
    const { certificate: cert, key } = plane.labIdentity as { certificate: string; key: string };
    this.#agent = new Agent({ connect: { ca, cert, key } });
  }

  /** Starts everything; {@link close} leaves nothing of it. */
  static async open(
    programs: Programs,
    { served = {}, times = {} }: KubeVirtOnApiOptions = {},
  ): Promise<KubeVirtOnApi> {
    const directory = mkdtempSync(join(tmpdir(), "snapset-kubevirt-"));
    const plane = await ControlPlane.prepare(programs, directory, new Pki(join(directory, "pki")));
    const cluster = new KubeVirtOnApi(plane, directory, served, times);
    try {
      await cluster.#install();
      return cluster;
    } catch (error) {
      await cluster.close();
      throw error;
    }
  }

  async #install(): Promise<void> {
    const { lab, pki } = this.plane;
    const isServed = (group: string) => this.served[group]?.length !== 0;
    await this.plane.start();
    await Promise.all([this.#virtApi.open(), this.#proxy.open()]);
    const ca = pki.serverAuthority.pair.certificate;
    await seedAll(lab, [
      ...definitions(this.served),
      ...[kubevirtNamespace, account.namespace].map(namespace),
    ]);
    await seedAll(lab, [
      serviceAccount(account.namespace, account.name),
      ...productRights(account, this.namespace),
      ...(isServed("subresources.kubevirt.io") ? aggregation(this.#virtApi.port, ca) : []),
    ]);
    const served = customTypes.filter(({ group }) => isServed(group));
    const validated = served.filter(({ plural }) => plural in webhookNames);
    await until("KubeVirt's types to be served", async () => {
      await seedAll(lab, storage());
      await Promise.all(
        served.map((type) =>
          lab.list(pathOf(type, undefined, undefined, this.served[type.group]?.[0])),
        ),
      );
      if (isServed("subresources.kubevirt.io")) {
        await lab.get("/apis/subresources.kubevirt.io/v1");
      }
    });
    await seedAll(lab, webhooks(validated, this.#virtApi.url, ca));
    const product = await tokenOf(this.plane, account.namespace, account.name);
    this.kubeconfig = this.#proxy.kubeconfig(product.token, this.namespace);
    this.#controllers.start();
  }

  async addVirtualMachine(wanted: WantedVm): Promise<void> {
    const { lab } = this.plane;
    for (const object of objectsOf(wanted, this.namespace, this.disks)) {
      const type = resourceTypes.find(({ kind }) => kind === object.kind);
      if (type) await lab.create(pathOf(type, this.namespace), object);
    }
    await this.until(`${wanted.name} to be as wanted`, async () => {
      const missing = missingOf(wanted, this.namespace, await this.#look());
      if (missing !== undefined) throw new Error(`it is ${missing}`);
    });
  }

  guest(vm: string): GuestUnderTest {
    const inside = async () => new GuestAccess(await this.#look(), this.namespace, vm);
    return {
      files: async (volume) => (await inside()).files(volume),
      write: async (path, text, { volume, isSynced } = {}) => {
        (await inside()).write(path, text, volume, isSynced);
      },
      remove: async (path, volume) => {
        (await inside()).remove(path, volume);
      },
      isRunning: async () => (await inside()).isRunning(),
      isFrozen: async () => (await inside()).isFrozen(),
      setAgent: async (isRunning) => {
        (await inside()).setAgent(isRunning);
        await this.until(`the agent of ${vm} to be noticed`, async () => {
          if ((await inside()).isAgentSeen() !== isRunning) throw new Error("it is not");
        });
      },
    };
  }

  setFault(fault: Fault): () => void {
    return this.faults.add(fault);
  }

  async find(resource: string, name: string): Promise<Seen | undefined> {
    return (await this.list(resource)).find(({ metadata }) => metadata.name === name);
  }

  async list(resource: string): Promise<Seen[]> {
    const type = resourceTypes.find(({ plural }) => plural === resource);
    if (!type) throw new Error(`there is no resource ${resource}`);
    const version = this.served[type.group]?.[0];
    return this.plane.lab.list<Seen>(pathOf(type, this.namespace, undefined, version));
  }

  async call(method: string, path: string, body?: unknown, contentType = "application/json") {
    const answer = await request(`${this.plane.server}${path}`, {
      method: method as "GET",
      dispatcher: this.#agent,
      headers: { accept: "application/json", "content-type": contentType },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, body: parsed(text) };
  }

  async until(what: string, check: () => Promise<void> | void): Promise<void> {
    try {
      await until(what, check);
    } catch (error) {
      const { lastProblem } = this.#controllers;
      throw new Error(`${String(error)}; the controllers' last problem: ${lastProblem}`, {
        cause: error,
      });
    }
  }

  requests() {
    return [...this.#proxy.requests];
  }

  async close(): Promise<void> {
    await this.#controllers.end();
    await Promise.all([this.#virtApi.close(), this.#proxy.close(), this.#agent.destroy()]);
    await this.plane.stop();
    rmSync(this.directory, { recursive: true });
  }

  #look(): Promise<ApiView> {
    return ApiView.take(this.plane.lab, this);
  }
}

function namespace(name: string) {
  return {
    collection: "/api/v1/namespaces",
    object: { apiVersion: "v1", kind: "Namespace", metadata: { name } },
  };
}

function parsed(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}
