import { z } from "zod";
import { exclusions, login, portNumber, type BastionSettings } from "../clusterReach";
import { hookLists } from "./schema";

const text = z.string().min(1, "must not be empty");
const publicKey = /^[a-z][\w@.-]+ AAAA[A-Za-z0-9+/]+=*( .*)?$/;
const hostKeyWish =
  "the host's public key (ssh-ed25519 AAAA…), or unchecked to give the key's owner's rights to whoever answers there";

const controller = exclusions(
  z.strictObject({
    /** Without it the environment's own controller. */
    host: text.optional(),
    port: portNumber.optional(),
    user: text.optional(),
    ...login,
    hostKey: z
      .string()
      .refine((it) => it === "unchecked" || publicKey.test(it), `must be ${hostKeyWish}`)
      .optional(),
  }),
);

/** `snapset:hooks`: hooks beside those of the environment, and how the controller is reached. */
export const hookSettingsSchema = z.strictObject({
  ...hookLists,
  controller: controller.prefault({}),
  /** Whether hooks that a set has brought along are run: its images' owner decides what they do. */
  fromSet: z.boolean("must be true or false").default(false),
});

export type HookSettings = z.output<typeof hookSettingsSchema>;

/** How hooks get onto the controller. */
export interface HookLogin {
  /** Undefined: the controller's floating IP. */
  host: string | undefined;
  port: number;
  user: string;
  key: { file: string } | { text: string } | { agent: string | undefined };
  passphrase: string | undefined;
  /** Undefined: whichever host answers is trusted. */
  hostKey: string | undefined;
}

/** What is known of the way to a controller, from where it is known. */
export interface WayToController {
  settings: HookSettings["controller"];
  /** `snapset:cluster.bastion`, which says the same where it is the controller. */
  bastion: BastionSettings | undefined;
  /** The user that the controller's node names. */
  sshUser: string | undefined;
}

/** The login, or what is missing: one sentence each, by key. */
export function hookLoginOf(way: WayToController): HookLogin | readonly string[] {
  const { settings, sshUser } = way;
  const bastion = way.bastion?.host === settings.host ? way.bastion : undefined;
  const user = settings.user ?? bastion?.user ?? sshUser;
  const hostKey = settings.hostKey ?? onlyKeyOf(bastion);
  const problems = [
    ...(user === undefined ? ["hooks.controller.user: is missing: who to log in as"] : []),
    ...(hostKey === undefined ? [`hooks.controller.hostKey: is missing: ${hostKeyWish}`] : []),
  ];
  if (user === undefined || hostKey === undefined) return problems;
  return {
    host: settings.host,
    port: settings.port ?? bastion?.port ?? 22,
    user,
    ...keyOf(hasKey(settings) || bastion === undefined ? settings : bastion),
    hostKey: hostKey === "unchecked" ? undefined : hostKey,
  };
}

type Key = Pick<BastionSettings, "keyFile" | "privateKey" | "passphrase" | "agent">;

function hasKey({ keyFile, privateKey, agent }: Key): boolean {
  return [keyFile, privateKey, agent].some((it) => it !== undefined);
}

function keyOf({ keyFile, privateKey, passphrase, agent }: Key) {
  return { key: oneOf({ keyFile, privateKey, agent }), passphrase };
}

function oneOf({ keyFile, privateKey, agent }: Key): HookLogin["key"] {
  if (keyFile !== undefined) return { file: keyFile };
  if (privateKey !== undefined) return { text: privateKey };
  return { agent: agent === true ? undefined : agent };
}

/** @pulumi/command compares with one public key: it reads no known_hosts, and no fingerprint. */
function onlyKeyOf(bastion: BastionSettings | undefined): string | undefined {
  const keys = [bastion?.hostKey ?? []].flat();
  return keys.length === 1 && publicKey.test(keys[0] ?? "") ? keys[0] : undefined;
}
