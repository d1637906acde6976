import { readFileSync } from "node:fs";
import { createServer, request as httpRequest, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { InputError } from "../../../common/errors";
import {
  connectCluster,
  openBastion,
  type Bastion,
  type ClusterConnection,
} from "../../../openshift";
import { ClusterError } from "../../../openshift/api/errors";
import { SshRefusal } from "../../../openshift/ssh/errors";
import { isCertificateUntrusted } from "../../../openshift/revive/untrustedCertificate";
import { kubeconfigFor } from "../../../sandbox/openshift";
import { address, Lab } from "../../sandbox/openshift/lab";
import { Folder, freePort, runTool, Sshd, until, user } from "./sshd";

const folder = new Folder();
const key = folder.makeKey("key");
const sshd = new Sshd(folder, "bastion", [key]);
const lab = new Lab();
let front: Front;
let bastion: Bastion;

beforeAll(async () => {
  await lab.open();
  lab.install(3);
  await sshd.start();
  folder.write("known_hosts", sshd.knownHost());
});
beforeEach(async () => {
  front = await new Front().open();
  bastion = open();
});
afterEach(() => {
  bastion.close();
  front.close();
});
afterAll(async () => {
  await Sshd.stopAll();
  await lab.close();
  folder.remove();
});

/** What stands where the API server does: passes requests on, and can hold them back. */
class Front {
  readonly held: (() => void)[] = [];
  readonly seen: string[] = [];
  holdsNext = false;
  port = 0;
  readonly #server: Server;

  constructor(tls?: { key: Buffer; cert: Buffer }) {
    this.#server = tls ? createTlsServer(tls) : createServer();
    this.#server.on("request", (incoming, outgoing) => {
      this.seen.push(`${incoming.method ?? ""} ${incoming.url ?? ""}`);
      const { method, headers, url } = incoming;
      const pass = () => {
        const onward = httpRequest(`${lab.url}${url ?? ""}`, { method, headers }, (answer) => {
          outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
          answer.pipe(outgoing);
        });
        incoming.pipe(onward);
      };
      if (this.holdsNext) this.held.push(pass);
      else pass();
      this.holdsNext = false;
    });
  }

  async open(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await new Promise((resolve) => this.#server.once("listening", resolve));
    this.port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  connections(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.getConnections((error, count) => {
        if (error) reject(error);
        else resolve(count);
      });
    });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

const open = (settings: { keyFile?: string; knownHosts?: string } = {}): Bastion =>
  openBastion({
    host: "127.0.0.1",
    port: sshd.port,
    user,
    keyFile: key.file,
    knownHosts: `${folder.path}/known_hosts`,
    ...settings,
  });
const content = () => kubeconfigFor(`http://127.0.0.1:${front.port}`, address);
const connect = (connection: Partial<ClusterConnection> = {}) =>
  connectCluster({ kubeconfig: { content: content() }, bastion, clock: lab.clock, ...connection });
const names = async (connection: Partial<ClusterConnection> = {}) =>
  (await (await connect(connection)).listNodes()).map((node) => node.metadata.name);
const all = ["master-0", "master-1", "master-2"];
const failureOf = async (connection: Partial<ClusterConnection>): Promise<ClusterError> =>
  names(connection).then(
    () => {
      throw new Error("it succeeded");
    },
    (error: unknown) => error as ClusterError,
  );
test("nodes are listed through the bastion, and no connection stays behind", async () => {
  const cluster = await connect();
  const lists = await Promise.all(Array.from({ length: 20 }, () => cluster.listNodes()));
  expect(lists.map((nodes) => nodes.length)).toEqual(lists.map(() => 3));
  expect(sshd.sessions()).toBe(1);
  await until(async () => (await front.connections()) === 0);
});

describe("a tunnel that is cut in the middle", () => {
  test("a read is made again over a new one", async () => {
    const cluster = await connect();
    await cluster.listNodes();
    front.holdsNext = true;
    const listing = cluster.listNodes();
    await until(() => front.held.length === 1);
    sshd.cut();
    expect(await listing).toHaveLength(3);
    expect(front.seen).toHaveLength(3);
    expect(sshd.sessions()).toBe(1);
  });

  test("what must not be repeated fails as a connection does", async () => {
    const cluster = await connect();
    await cluster.listNodes();
    front.holdsNext = true;
    const creating = cluster.createPod("ns", { metadata: { name: "p" } });
    await until(() => front.held.length === 1);
    sshd.cut();
    const error: unknown = await creating.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ClusterError);
    expect((error as Error).message).toBe(
      `cannot create pod ns/p: no answer: request to http://127.0.0.1:${front.port}/openshift/${address}/api/v1/namespaces/ns/pods failed, reason: socket hang up`,
    );
    expect(await cluster.listNodes()).toHaveLength(3);
  });

  test("a bastion that is gone is told, and found again when it is back", async () => {
    const cluster = await connect();
    await cluster.listNodes();
    await sshd.stop();
    await expect(cluster.listNodes()).rejects.toThrow(
      `cannot list nodes: no answer: bastion ${user}@127.0.0.1:${sshd.port}: cannot be reached: connect ECONNREFUSED 127.0.0.1:${sshd.port}`,
    );
    await sshd.start();
    expect(await cluster.listNodes()).toHaveLength(3);
  });
});

test("a request that is given up leaves no connection behind", async () => {
  const cluster = await connect({ callTimeoutMs: 500 });
  front.holdsNext = true;
  await expect(cluster.listClusterOperators()).rejects.toThrow(
    "cannot list clusteroperators: no answer within 500 ms",
  );
  await until(async () => (await front.connections()) === 0);
});

test.each([
  ["refused", () => ({ keyFile: folder.makeKey(`stranger-${sshd.log.length}`).file })],
  ["unknown", () => ({ knownHosts: folder.write("empty", "") })],
])(
  "a bastion that is %s ends a call at once: asked once, and not by the API's rules",
  async (_, settings) => {
    bastion.close();
    bastion = open(settings());
    const before = sshd.log.split("Connection from ").length;
    const error: unknown = await names().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SshRefusal);
    await until(() => sshd.log.split("Connection from ").length > before);
    expect(sshd.log.split("Connection from ").length - before).toBe(1);
  },
);

describe("TLS", () => {
  const server = "https://api.sno.example:6443";
  let tls: { key: Buffer; cert: Buffer };

  beforeAll(() => {
    tls = certify("api", "DNS:api.sno.example");
  });
  beforeEach(async () => {
    front.close();
    front = await new Front(tls).open();
  });

  /** A certificate of an authority of its own, `{name}-ca.crt`. */
  function certify(name: string, subjectAltName: string) {
    const [ca, leaf] = [`${folder.path}/${name}-ca`, `${folder.path}/${name}`];
    const openssl = (...args: string[]) => runTool("openssl", args);
    const make = (file: string, subject: string, ...more: string[]) =>
      openssl(
        ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
        ...[
          "-keyout",
          `${file}.key`,
          "-out",
          `${file}.crt`,
          "-days",
          "2",
          "-subj",
          subject,
          ...more,
        ],
      );
    make(ca, `/CN=${name} authority`);
    make(
      leaf,
      `/CN=${name}`,
      ...["-CA", `${ca}.crt`, "-CAkey", `${ca}.key`, "-addext", `subjectAltName=${subjectAltName}`],
      ...["-addext", "basicConstraints=critical,CA:FALSE"],
    );
    return { key: readFileSync(`${leaf}.key`), cert: readFileSync(`${leaf}.crt`) };
  }

  const secured = (authority: string, at = server) => ({
    content: kubeconfigFor(at, address).replace(
      "insecure-skip-tls-verify: true",
      `certificate-authority-data: ${readFileSync(`${folder.path}/${authority}-ca.crt`, "base64")}`,
    ),
  });
  const here = () => [`127.0.0.1:${front.port}`];

  test("is the cluster's own from end to end, for the name in the kubeconfig", async () => {
    expect(await names({ kubeconfig: secured("api"), addresses: here() })).toEqual(all);
  });

  test("without a bastion too, at an address of one's own", async () => {
    const connection = { kubeconfig: secured("api"), addresses: here(), bastion: undefined };
    expect(await names(connection)).toEqual(all);
  });

  test("tries addresses in order, and goes on with the one that works", async () => {
    const dead = `127.0.0.1:${await freePort()}`;
    const cluster = await connect({
      kubeconfig: secured("api"),
      addresses: [dead, "no-such-host.invalid:6443", ...here()],
    });
    expect(await cluster.listNodes()).toHaveLength(3);
    expect(await cluster.listNodes()).toHaveLength(3);
  });

  test("when none works, every one is told", async () => {
    const [one, two] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
    const by = `bastion ${user}@127.0.0.1:${sshd.port}`;
    await expect(names({ kubeconfig: secured("api"), addresses: [one, two] })).rejects.toThrow(
      `cannot list nodes: no answer: none of the API's addresses answers: ${by}: cannot connect to ${one}: (SSH) Channel open failure: Connection refused; ${by}: cannot connect to ${two}: (SSH) Channel open failure: Connection refused`,
    );
  });

  test("another authority's certificate is refused", async () => {
    certify("other", "DNS:api.sno.example");
    const error = await failureOf({ kubeconfig: secured("other"), addresses: here() });
    expect(error.message).toMatch(
      /^cannot list nodes: no answer: request to https:\/\/api\.sno\.example:6443\/\S+ failed, reason: unable to verify the first certificate$/,
    );
    expect(isCertificateUntrusted(error)).toBe(true);
    expect(front.seen).toEqual([]);
  });

  test("another name's certificate is refused", async () => {
    const kubeconfig = secured("api", "https://api.other.example:6443");
    const error = await failureOf({ kubeconfig, addresses: here() });
    expect(isCertificateUntrusted(error)).toBe(true);
    expect(error.message).toContain(
      "failed, reason: Hostname/IP does not match certificate's altnames: Host: api.other.example. is not in the cert's altnames: DNS:api.sno.example",
    );
    expect(front.seen).toEqual([]);
  });

  test("tls-server-name of the kubeconfig counts", async () => {
    const { content } = secured("api", "https://10.0.0.1:6443");
    const named = content.replace(
      "cluster:\n",
      "cluster:\n      tls-server-name: api.sno.example\n",
    );
    expect(await names({ kubeconfig: { content: named }, addresses: here() })).toEqual(all);
  });
});

describe("a kubeconfig on the bastion", () => {
  const remotePath = "~/kubeconfig";
  const put = (text: string) => folder.write("kubeconfig", text);
  const from = () => `kubeconfig ${remotePath} on bastion ${user}@127.0.0.1:${sshd.port}`;

  test("is read from there", async () => {
    put(content());
    expect(await names({ kubeconfig: { remotePath } })).toEqual(all);
  });

  test("needs a bastion", async () => {
    await expect(connect({ kubeconfig: { remotePath }, bastion: undefined })).rejects.toEqual(
      new InputError("kubeconfig", ["remotePath: needs a bastion to be read from"]),
    );
  });

  test("that is none is told without quoting it", async () => {
    put("token: s3cret\n  - : [");
    await expect(connect({ kubeconfig: { remotePath } })).rejects.toEqual(
      new InputError(from(), ["is not YAML (line 1)"]),
    );
    put("s3cret");
    await expect(connect({ kubeconfig: { remotePath } })).rejects.toEqual(
      new InputError(from(), ["current-context: is not set"]),
    );
  });

  test("makes us neither read files nor run commands here", async () => {
    const user = `token-file: ${key.file}\n      client-key: /x\n      exec: {command: id, apiVersion: v1}`;
    put(content().replace(/token: .*/, user));
    await expect(connect({ kubeconfig: { remotePath } })).rejects.toEqual(
      new InputError(from(), [
        '"kubeadmin": token-file names a file there; embed it (oc config view --raw --flatten)',
        '"kubeadmin": client-key names a file there; embed it (oc config view --raw --flatten)',
        '"kubeadmin": exec would run a command here; use certificates or a token',
      ]),
    );
  });
});

test("what is wrong with the addresses is said before anything is contacted", async () => {
  await expect(connect({ addresses: ["api", "[::1]:6443", "a:b:1", "api:0"] })).rejects.toEqual(
    new InputError("addresses of the API", [
      '"api" is not host:port',
      '"a:b:1" is not host:port',
      '"api:0" is not host:port',
    ]),
  );
  const proxied = content().replace("cluster:\n", "cluster:\n      proxy-url: http://proxy:3128\n");
  await expect(connect({ kubeconfig: { content: proxied } })).rejects.toEqual(
    new InputError("kubeconfig", ["proxy-url: cannot be combined with a bastion"]),
  );
});
