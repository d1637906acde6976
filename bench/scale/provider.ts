import { openstackSite } from "../../platforms/openstackSite";
import { connect } from "../../openstack";
import { messageOf } from "../../common/errors";
import { runCapture } from "../../platforms/capture/run";
import type { Context } from "../../platforms/context";
import type { CaptureInputs } from "../../platforms/capture/types";
import { call } from "../../dynamic/providers/index";
import type { WantedNode } from "../../snapset/environment/wantedNode";
import { ControlledClock } from "./ControlledClock";

/** What the process is told, in one message. */
export interface Order {
  /** Selects the cloud. */
  env: { OS_CLIENT_CONFIG_FILE: string; OS_CLOUD: string };
  /** Of the sandbox whose time it moves. */
  url: string;
  /** `nothing` shows what a process costs that has only loaded the providers. */
  work: "nothing" | "capture" | "select";
  inputs: CaptureInputs;
  /** What each node of the environment to select for has. */
  flavor: string;
}

/** What it answers when it is done. */
export interface Account {
  problem?: string;
  /** When each phase began, in the sandbox's time, milliseconds; `end` is the end of all. */
  phases: Record<string, number>;
  /** From the order to the end, and to the first image that was asked for; of the machine's time. */
  realMs: number;
  firstImageMs: number | null;
  cpuSeconds: number;
  /** The most that it has held, MiB, loaded modules included. */
  peakMib: number;
}

async function carryOut(order: Order): Promise<Account> {
  const started = performance.now();
  const before = process.cpuUsage();
  const account: Account = { phases: {}, realMs: 0, firstImageMs: null, cpuSeconds: 0, peakMib: 0 };
  Object.assign(process.env, order.env);
  try {
    if (order.work === "capture") await capture(order, account, started);
    if (order.work === "select") await select(order);
  } catch (error) {
    account.problem = messageOf(error);
  }
  const { user, system } = process.cpuUsage(before);
  account.realMs = performance.now() - started;
  account.cpuSeconds = (user + system) / 1e6;
  account.peakMib = process.resourceUsage().maxRSS / 1024;
  return account;
}

async function capture({ inputs, url }: Order, account: Account, started: number): Promise<void> {
  const cloud = await connect();
  const clock = await ControlledClock.open(url);
  const createImage = cloud.compute.createImage.bind(cloud.compute);
  cloud.compute.createImage = (...request) => {
    account.firstImageMs ??= performance.now() - started;
    return createImage(...request);
  };
  const context: Context = {
    cloud,
    clock,
    signal: new AbortController().signal,
    report: (line) => {
      // A phase reports its name first; what it reports as it goes has numbers or a colon in it.
      if (/^[a-z ]+$/.test(line)) account.phases[line] ??= clock.now().getTime();
    },
    warn: () => undefined,
    clusterSecrets: {},
  };
  await runCapture(inputs, null, openstackSite(context));
  account.phases["end"] = clock.now().getTime();
  await cloud.close();
}

async function select({ env, inputs, flavor }: Order): Promise<void> {
  const config: Record<string, string> = { "openstack:cloud": env.OS_CLOUD };
  await call("Selection", "configure", [{ get: (key: string) => config[key] }]);
  const nodes = inputs.instances.map(({ name, role }): WantedNode => ({
    name,
    role,
    flavor,
    bootsFromVolume: false,
    volumes: [],
  }));
  await call("Selection", "create", [{ snapId: inputs.snapId, nodes, selfUrn: "" }]);
}

process.once("message", (order: Order) => {
  void carryOut(order).then((account) =>
    process.send?.(account, () => {
      process.disconnect();
    }),
  );
});
process.send?.("ready");
