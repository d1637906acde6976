import * as pulumi from "@pulumi/pulumi";
import { InputError } from "../common/errors";
import type { Environment } from "../components/Environment";
import { Hooks, type HookKnowledge } from "../components/Hooks";
import type { Config } from "../snapset/config";
import { controllerOf, type Environment as Spec } from "../snapset/environment/environment";
import { hookLoginOf, type HookLogin } from "../snapset/hooks/login";
import { mergeHooks, missingValues } from "../snapset/hooks/merge";
import {
  nameOfHook,
  occasions,
  type Hooks as HookLists,
  type Occasion,
} from "../snapset/hooks/schema";

type Settings = Pick<Config, "hooks" | "cluster">;

/** The hooks of a stack, and those of the one occasion that its mode has. */
export interface StackHooks {
  all: HookLists;
  occasion: Occasion;
  /** The way to the controller, where one of the occasion's hooks runs there. */
  login: HookLogin | undefined;
}

/**
 * The environment's hooks and the stack's. All that can be wrong with those of the occasion is found
 * before anything is made; what others need may be configured in other stacks.
 *
 * @param spec null when only servers are known
 * @throws {InputError} with every problem at once
 */
export function stackHooksOf(
  occasion: Occasion,
  spec: Spec | null,
  { hooks, cluster }: Settings,
): StackHooks {
  const all = mergeHooks(spec?.hooks, hooks);
  const isRemote = all[occasion].some(({ on }) => on === "controller");
  const sshUser = spec === null ? undefined : controllerOf(spec)?.sshUser;
  const way = { settings: hooks.controller, bastion: cluster?.bastion, sshUser };
  const login = isRemote ? hookLoginOf(way) : undefined;
  const values = pulumi.runtime.allConfig();
  const problems = [
    ...missingValues(all[occasion], (key) => values[key] !== undefined),
    ...(login instanceof Array ? login : []),
    ...(isRemote ? wayProblems(spec, hooks.controller.host) : []),
  ];
  if (problems.length > 0) throw new InputError(`${occasion} hooks`, problems);
  return { all, occasion, login: login as HookLogin | undefined };
}

/**
 * The hooks for a restore of nothing but a set. Its own are commands out of an image's properties,
 * which run where Pulumi runs: only who has said so has them run.
 */
export function hooksOfSet(spec: Spec, settings: Settings): StackHooks {
  const { hooks: own, ...rest } = spec;
  if (own === undefined || settings.hooks.fromSet) {
    return stackHooksOf("afterRevive", spec, settings);
  }
  const names = own.afterRevive.map(nameOfHook);
  if (names.length > 0) {
    void pulumi.log.warn(
      `the set brings hooks along, which are not run: ${names.join(", ")}. ` +
        "After a look at them (snapset environment): pulumi config set --path snapset:hooks.fromSet true",
    );
  }
  return stackHooksOf("afterRevive", rest, settings);
}

function wayProblems(spec: Spec | null, host: string | undefined): string[] {
  const ports = spec === null ? [] : (controllerOf(spec)?.ports ?? []);
  if (host !== undefined || ports.some(({ floatingIp }) => floatingIp !== undefined)) return [];
  return [
    "hooks.controller.host: is missing: the environment has no controller with a floating IP",
  ];
}

/** The environment with all of its stack's hooks, as it is put out and captured. */
export function withStackHooks(spec: Spec, { all }: StackHooks): Spec {
  const hasHooks = occasions.some((it) => all[it].length > 0);
  return hasHooks ? { ...spec, hooks: all } : spec;
}

/** Declares the hooks of the occasion; nothing, and so no plugin, where there are none. */
export function declareHooks(
  name: string,
  { all, occasion, login }: StackHooks,
  { knows, triggers }: { knows: HookKnowledge; triggers: pulumi.Input<unknown>[] },
  opts?: pulumi.ComponentResourceOptions,
): Hooks | undefined {
  const hooks = all[occasion];
  if (hooks.length === 0) return undefined;
  return new Hooks(name, { occasion, hooks, login, knows, triggers }, opts);
}

/** What hooks are told of an environment that was declared. */
export function knowledgeOf(environment: Environment): HookKnowledge {
  return {
    controllerIp: environment.controllerAnsibleHost.apply((it) => it?.["ansible_host"] ?? null),
    data: environment.snapsetData,
    stackOutputs: environment.stackOutputs,
  };
}

/** Its servers: other ones are another environment. */
export function serversOf(environment: Environment): pulumi.Output<string> {
  return environment.snapsetData.apply(({ instances }) =>
    Object.values(instances)
      .map(({ uuid }) => uuid)
      .join(" "),
  );
}
