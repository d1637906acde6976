import { homedir } from "node:os";
import { Agent } from "undici";
import { systemClock, type Clock } from "../common/clock";
import { BareMetalService } from "./bare-metal/BareMetalService";
import { baseMicroversion, microversionHeader } from "./bare-metal/microversions";
import { BlockStorageService } from "./block-storage/BlockStorageService";
import { Compute, computeMicroversion } from "./compute/Compute";
import { loadCloud } from "./config/loadCloud";
import { secretsOf, type CloudSettings, type Service } from "./config/settings";
import { CloudTime } from "./http/CloudTime";
import { Redactor } from "./http/redact";
import { ServiceClient } from "./http/ServiceClient";
import { Transport } from "./http/Transport";
import { endpointOf } from "./identity/catalog";
import { maxConcurrent, Session } from "./identity/Session";
import { ImageService } from "./image/ImageService";
import { NetworkService } from "./network/NetworkService";

/** Which cloud, and what the connection is made with. */
export interface ConnectOptions {
  /** A name in `clouds.yaml`. @default `OS_CLOUD`, else the only cloud there is */
  cloud?: string;
  /** @default `OS_REGION_NAME`, else the cloud's own */
  region?: string;
  /** @default process.env */
  env?: NodeJS.ProcessEnv;
  /** @default process.cwd() */
  cwd?: string;
  /** @default the user's */
  home?: string;
  /** @default the machine's */
  clock?: Clock;
  /** Ends all calls. */
  signal?: AbortSignal;
  /** In [0, 1). @default Math.random */
  random?: () => number;
}

/** A cloud, as one project sees it. */
export interface OpenStack {
  /** Its name in `clouds.yaml`, or `envvars`. */
  cloud: string;
  region: string | undefined;
  projectId: string;
  userId: string;
  /** The names of the user's roles in the project, e.g. `member`: Keystone's, implied ones too. */
  roles: readonly string[];
  compute: Compute;
  image: ImageService;
  network: NetworkService;
  blockStorage: BlockStorageService;
  bareMetal: BareMetalService;
  /** Requests sent so far, by service: `identity`, `compute`, `image`, `network`, `block-storage`, `baremetal`. */
  requests: Readonly<Record<string, number>>;
  /** The cloud's own time, as its answers tell it: the machine's clock may be wrong. */
  now(): Date;
  /** How far it is ahead of the machine's clock; 0 up to two seconds. */
  readonly clockOffsetMs: number;
  /** Closes the connections; calls under way are ended. */
  close(): Promise<void>;
}

/**
 * Connects to the cloud that the options, `clouds.yaml` and `OS_*` name, as openstacksdk would.
 *
 * @example
 * const cloud = await connect({ cloud: "devcloud" });
 * const servers = await cloud.compute.listServers();
 * @throws {InputError} when there is no such cloud, or its settings have problems
 * @throws {ApiError} when Keystone does not accept the credentials
 */
export async function connect(options: ConnectOptions = {}): Promise<OpenStack> {
  const settings = loadCloud(options, {
    env: options.env ?? process.env,
    cwd: options.cwd ?? process.cwd(),
    home: options.home ?? homedir(),
  });
  const dispatcher = new Agent({
    connect: { ...settings.tls, timeout: 10_000 },
    // A request may be sent a moment before undici sees that the last one's connection is free.
    connections: maxConcurrent,
  });
  try {
    return await open(settings, dispatcher, options);
  } catch (error) {
    await dispatcher.destroy();
    throw error;
  }
}

async function open(
  settings: CloudSettings,
  dispatcher: Agent,
  options: ConnectOptions,
): Promise<OpenStack> {
  const redactor = new Redactor(secretsOf(settings));
  const requests: Record<string, number> = {};
  const clock = options.clock ?? systemClock;
  const time = new CloudTime(clock);
  const transport = new Transport({
    dispatcher,
    clock,
    time,
    random: options.random ?? Math.random,
    signal: options.signal,
    redact: redactor.redact,
    requests,
  });
  const session = new Session(settings, transport, redactor);
  const { projectId, userId, roles, catalog } = await session.identity();
  const clientOf = (service: Service, headers?: Record<string, string>) =>
    new ServiceClient(
      service,
      // A service that nobody calls need not be there.
      () => endpointOf(service, catalog, settings, projectId),
      session.send,
      headers,
    );
  return {
    cloud: settings.cloud,
    region: settings.region,
    projectId,
    userId,
    roles,
    compute: new Compute(
      clientOf("compute", { "openstack-api-version": `compute ${computeMicroversion}` }),
    ),
    image: new ImageService(clientOf("image")),
    network: new NetworkService(clientOf("network")),
    blockStorage: new BlockStorageService(clientOf("block-storage"), projectId),
    bareMetal: new BareMetalService(
      clientOf("baremetal", { [microversionHeader]: baseMicroversion }),
    ),
    requests,
    now: () => time.now(),
    get clockOffsetMs() {
      return time.offsetMs;
    },
    close: () => dispatcher.destroy(),
  };
}
