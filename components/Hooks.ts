import { readFileSync } from "node:fs";
import * as command from "@pulumi/command";
import {
  ComponentResource,
  Config,
  output,
  secret,
  type ComponentResourceOptions,
  type CustomResourceOptions,
  type Input,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import { InputError, messageOf } from "../common/errors";
import { expandHome } from "../common/home";
import {
  boundedCommand,
  engineSeconds,
  exportsOf,
  remoteCommand,
} from "../snapset/hooks/commandLine";
import type { HookLogin } from "../snapset/hooks/login";
import { nameOfHook, type Hook, type Occasion } from "../snapset/hooks/schema";
import type { SnapsetData } from "../snapset/snapsetData";
import { given } from "./Network";

/** A controller that boots is dialled again, at most every 5 s (Pulumi's util/retry): five minutes. */
const dials = 60;
const connectSeconds = 300;

/** What a hook's command finds in its environment. */
export interface HookKnowledge {
  snapId?: Input<string> | undefined;
  /** The controller's floating IP. */
  controllerIp: Input<string | null>;
  data: Input<SnapsetData>;
  /** A scenario's outputs. */
  stackOutputs?: Input<unknown>;
}

/** What hooks are declared from. */
export interface HooksArgs {
  occasion: Occasion;
  /** In the order in which they run. */
  hooks: readonly Hook[];
  /** Needed for those on the controller. */
  login: HookLogin | undefined;
  knows: HookKnowledge;
  /** A change of one of these is a new occasion: all run again. */
  triggers: readonly Input<unknown>[];
}

/**
 * Commands of the user's own, one after the other. Each runs once, and again when its command, its
 * triggers or the occasion's change; nothing else that changes runs it.
 *
 * @example
 * new Hooks("lab", { occasion: "afterDeploy", hooks, login, knows, triggers: [environment.clusterServers] }, { dependsOn: environment });
 */
export class Hooks extends ComponentResource {
  /** The last of them: what waits for all. */
  readonly last: Resource | undefined;

  constructor(name: string, args: HooksArgs, opts: ComponentResourceOptions = {}) {
    super("snapset:index:Hooks", `${name}-${args.occasion}`, {}, opts);
    let before: ComponentResourceOptions["dependsOn"] = opts.dependsOn ?? [];
    for (const hook of args.hooks) {
      this.last = declareHook(hook, args, { parent: this, dependsOn: before });
      before = this.last;
    }
    this.registerOutputs({});
  }
}

function declareHook(hook: Hook, args: HooksArgs, opts: CustomResourceOptions): Resource {
  const name = `${args.occasion}-${nameOfHook(hook)}`;
  const common = { triggers: [hook.run, hook.on, ...hook.triggers, ...args.triggers] };
  const seconds = engineSeconds(hook, hook.on === "controller" ? connectSeconds : 0);
  const options: CustomResourceOptions = {
    ...opts,
    customTimeouts: { create: `${seconds}s`, update: `${seconds}s` },
    // An installer prints the password that it has made.
    additionalSecretOutputs: ["stdout", "stderr"],
    // The plugin runs a command again for whatever of its inputs changes. Here the triggers alone
    // ask for that; and a replacement takes all inputs as they are by then.
    ignoreChanges: ["create", "connection", "environment", "stdin"],
  };
  const variables = variablesOf(hook, args.knows);
  if (hook.on === "local") {
    const run = { create: boundedCommand(hook), environment: variables };
    return new command.local.Command(name, { ...common, ...run }, options);
  }
  const run = {
    create: remoteCommand(hook),
    stdin: variables.apply(exportsOf),
    connection: connectionOf(args),
  };
  return new command.remote.Command(name, { ...common, ...run }, options);
}

function variablesOf(hook: Hook, knows: HookKnowledge): Output<Record<string, string>> {
  const own = Object.entries(hook.environment).map(
    ([name, value]) => [name, typeof value === "string" ? value : configured(value)] as const,
  );
  const { snapId, controllerIp, data, stackOutputs } = knows;
  const variables: Record<string, Input<string>> = {
    ...given("SNAPSET_SNAP_ID", snapId),
    SNAPSET_CONTROLLER_IP: output(controllerIp).apply((ip) => ip ?? ""),
    SNAPSET_DATA: jsonOf(data),
    ...given(
      "SNAPSET_STACK_OUTPUTS",
      stackOutputs === undefined ? undefined : jsonOf(stackOutputs),
    ),
    ...Object.fromEntries(own),
  };
  return output(variables);
}

function jsonOf(value: Input<unknown>): Output<string> {
  return output(value as Input<object | null>).apply((it) => JSON.stringify(it));
}

/** Secret, also where the configuration holds it in clear. */
function configured({ config }: { config: string }): Output<string> {
  const [namespace = "", key = ""] = config.split(":");
  return new Config(namespace).requireSecret(key);
}

function connectionOf({ login, knows }: HooksArgs) {
  if (login === undefined) throw new RangeError("hooks on the controller need a login");
  const { host, port, user, key, passphrase, hostKey } = login;
  return {
    host: host ?? output(knows.controllerIp).apply((ip) => ip ?? ""),
    port,
    user,
    dialErrorLimit: dials,
    ...given("hostKey", hostKey),
    ...given("privateKeyPassword", passphrase),
    ...("file" in key ? { privateKey: secret(readKey(key.file)) } : {}),
    ...("text" in key ? { privateKey: secret(key.text) } : {}),
    ...("agent" in key ? given("agentSocketPath", key.agent) : {}),
  };
}

/** @throws {InputError} when it cannot be read */
function readKey(file: string): string {
  try {
    return readFileSync(expandHome(file), "utf8");
  } catch (error) {
    throw new InputError("snapset:hooks", [`the private key of hooks: ${messageOf(error)}`]);
  }
}
