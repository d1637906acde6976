import { z } from "zod";
import { durationOr } from "./duration";

const text = z
  .string({ error: ({ input }) => (input === undefined ? "is missing" : "must be text") })
  .min(1, "must not be empty");

/** Of unknown keys it says the same as without. */
const mapping = {
  error: ({ code }: { code?: string | undefined }) =>
    code === "invalid_type" ? "must be a mapping" : undefined,
};

/** Also checked where another key is wrong: all problems are told at once. */
const always = ({ value }: { value: unknown }) => typeof value === "object" && value !== null;

/** Where sshd listens. */
export const portNumber = z.coerce
  .number("must be a port")
  .int("must be a port")
  .min(1, "must be a port")
  .max(65_535, "must be a port");
const port = portNumber.default(22);

/** With what to log in; the private key and the passphrase are secrets, and never an input. */
export const login = {
  keyFile: text.optional(),
  privateKey: text.optional(),
  passphrase: text.optional(),
  /** Of SSH_AUTH_SOCK, or of the socket that is named. */
  agent: z.union([z.literal(true), text], { error: "must be true, or a socket" }).optional(),
};

const knownHosts = text.optional();
const pin = /^(SHA256:[A-Za-z0-9+/]{43}=?|[a-z][\w@.-]+ AAAA[A-Za-z0-9+/]+=*( .*)?)$/;

/** Pinned host keys; of a bastion also `console`: those that its server's console log shows. */
function pins(others: readonly string[] = []) {
  const message = [
    'must be a public key ("ssh-ed25519 AAAA…"), its "SHA256:…" fingerprint',
    ...others,
    "or a list of keys",
  ].join(", ");
  const key = z.string(message).regex(pin, message);
  const one = z.string(message).refine((it) => pin.test(it) || others.includes(it), message);
  return z.union([one, z.array(key).min(1, message)], message).optional();
}

interface Login {
  keyFile?: unknown;
  privateKey?: unknown;
  passphrase?: unknown;
  agent?: unknown;
  knownHosts?: unknown;
  hostKey?: unknown;
}

const keys = ["keyFile", "privateKey", "agent"] as const;

/** What excludes or needs another key, of a login and of the trust in host keys. */
export function exclusions<T extends z.ZodType<Login>>(schema: T): T {
  return schema
    .refine((it) => keys.filter((key) => it[key] !== undefined).length <= 1, {
      message: "keyFile, privateKey and agent exclude each other",
      when: always,
    })
    .refine(
      (it) =>
        it.passphrase === undefined || it.keyFile !== undefined || it.privateKey !== undefined,
      { path: ["passphrase"], message: "needs keyFile or privateKey", when: always },
    )
    .refine((it) => it.knownHosts === undefined || it.hostKey === undefined, {
      path: ["hostKey"],
      message: "knownHosts is given already",
      when: always,
    });
}

const bastion = exclusions(
  z.strictObject(
    {
      /** Without it the environment's own controller. */
      host: text.optional(),
      port,
      user: text,
      ...login,
      knownHosts,
      hostKey: pins(["console"]),
      keepAlive: durationOr("5s"),
      connectTimeout: durationOr("10s"),
    },
    mapping,
  ),
);

const ssh = exclusions(
  z.strictObject(
    {
      user: text.default("core"),
      port,
      ...login,
      knownHosts,
      hostKey: pins(),
      /** Nodes of which no key is known are held to the first that they show. */
      acceptNew: z.boolean("must be true or false").default(false),
      connectTimeout: durationOr("10s"),
    },
    mapping,
  ),
);

/** `pod` and `ssh` alone stand for themselves with nothing else said. */
const nodeAccess = z.preprocess(
  (value) => {
    if (value === "pod") return {};
    return value === "ssh" ? { ssh: {} } : value;
  },
  z.strictObject(
    { ssh: ssh.optional() },
    { error: "must be pod, ssh, or ssh with its own settings" },
  ),
);

/** Where the kubeconfig is and how the cluster and its nodes are reached: keys of `cluster`. */
export const reachKeys = {
  /** Path of a kubeconfig, relative to the project. */
  kubeconfig: text.optional(),
  /** The kubeconfig itself; set it with `pulumi config set --secret --path`. */
  kubeconfigContent: text.optional(),
  /** Path of a kubeconfig on the bastion. */
  remoteKubeconfig: text.optional(),
  bastion: bastion.optional(),
  /** Where the API is tried, in order, instead of the kubeconfig's server. */
  addresses: z
    .array(
      text.regex(/^(\[[^\]]+\]|[^:[\]]+):\d+$/, "must be host:port"),
      "must be a list of host:port",
    )
    .default([]),
  nodeAccess: nodeAccess.default({}),
};

interface Reach {
  kubeconfig?: unknown;
  kubeconfigContent?: unknown;
  remoteKubeconfig?: unknown;
  bastion?: unknown;
}

const sources = ["kubeconfig", "kubeconfigContent", "remoteKubeconfig"] as const;

/** There is one kubeconfig, and a bastion where one is needed. */
export function checkReach<T extends z.ZodType<Reach>>(schema: T): T {
  const given = (it: Reach) => sources.filter((key) => it[key] !== undefined);
  return schema
    .refine((it) => !given(it).includes("kubeconfigContent") || given(it)[0] !== "kubeconfig", {
      path: ["kubeconfigContent"],
      message: "kubeconfig is given already",
      when: always,
    })
    .refine((it) => given(it).length < 2 || given(it).at(-1) !== "remoteKubeconfig", {
      path: ["remoteKubeconfig"],
      message: "a kubeconfig is given already",
      when: always,
    })
    .refine((it) => given(it).length > 0, {
      path: ["kubeconfig"],
      message:
        "is missing: give the path of a kubeconfig, kubeconfigContent as a secret, or remoteKubeconfig and a bastion",
      when: always,
    })
    .refine((it) => it.remoteKubeconfig === undefined || it.bastion !== undefined, {
      path: ["remoteKubeconfig"],
      message: "needs a bastion, on which it is",
      when: always,
    });
}

export type BastionSettings = z.output<typeof bastion>;
export type NodeAccessSettings = z.output<typeof nodeAccess>;

/** What of `cluster` is secret: providers read it for themselves, it is never an input. */
export interface ClusterSecrets {
  kubeconfigContent?: string | undefined;
  bastion?: LoginSecrets | undefined;
  nodeAccess?: LoginSecrets | undefined;
}

export interface LoginSecrets {
  privateKey?: string | undefined;
  passphrase?: string | undefined;
}
