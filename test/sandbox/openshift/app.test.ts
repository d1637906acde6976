import { address, Lab, minute } from "./lab";

let lab: Lab;
const token = "Bearer sha256~sandbox-kubeadmin";

beforeEach(async () => {
  lab = await new Lab().open();
});
afterEach(() => lab.close());

function request(path: string, options: RequestInit & { at?: string } = {}) {
  const { at = address, ...init } = options;
  const headers = { authorization: token, connection: "close", ...(init.headers as object) };
  return fetch(`${lab.url}/openshift/${at}${path}`, { ...init, headers });
}

const json = async (path: string, options?: Parameters<typeof request>[1]) =>
  (await (await request(path, options)).json()) as Record<string, unknown>;

function patch(body: unknown, contentType: string) {
  const headers = { "content-type": contentType };
  const options = { method: "PATCH", body: JSON.stringify(body), headers };
  return request("/api/v1/nodes/master-0", options);
}

test("without an API server behind the address the connection ends", async () => {
  await expect(request("/version")).rejects.toThrow("fetch failed");
  lab.install(1, 1);
  await expect(request("/version", { at: "192.168.32.99" })).rejects.toThrow("fetch failed");
  // a worker has no API server
  await expect(request("/version", { at: "192.168.32.20" })).rejects.toThrow("fetch failed");
  expect((await request("/version")).status).toBe(200);
});

test("every master answers", async () => {
  lab.install(3);
  expect((await request("/readyz", { at: "192.168.32.12" })).status).toBe(200);
});

describe("authentication", () => {
  beforeEach(() => lab.install());

  test.each(["Bearer wrong", ""])("%j is refused", async (authorization) => {
    const response = await request("/api/v1/nodes", { headers: { authorization } });
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: "Unauthorized",
      reason: "Unauthorized",
      code: 401,
    });
  });

  test("kubectl, which sends no credentials over plain http, is let in without", async () => {
    const url = `${lab.url}/openshift/${address}/api/v1/nodes`;
    const from = async (agent: string) =>
      (await fetch(url, { headers: { "user-agent": agent, connection: "close" } })).status;
    expect(await from("kubectl/v1.31.9 (linux/amd64)")).toBe(200);
    expect(await from("node")).toBe(401);
  });

  test("version and health are for everybody", async () => {
    const headers = { authorization: "" };
    expect(await (await request("/readyz", { headers })).text()).toBe("ok");
    expect(await json("/version", { headers })).toMatchObject({ major: "1", minor: "31" });
  });
});

describe("reading", () => {
  beforeEach(() => lab.install());

  test("discovery lists groups and resources", async () => {
    const { groups } = (await json("/apis")) as { groups: { name: string }[] };
    expect(groups.map((group) => group.name)).toEqual([
      "coordination.k8s.io",
      "certificates.k8s.io",
      "config.openshift.io",
      "machineconfiguration.openshift.io",
      "apiregistration.k8s.io",
      "route.openshift.io",
    ]);
    const { resources } = (await json("/api/v1")) as { resources: { name: string }[] };
    expect(resources.map((resource) => resource.name)).toEqual([
      "nodes",
      "namespaces",
      "pods",
      "secrets",
    ]);
  });

  test("the route API comes last after a boot", async () => {
    const [master] = lab.guests.all().filter((guest) => guest.name === "master-0");
    if (!master) throw new Error("there is no master");
    await lab.captureAndRestore([master]);
    lab.worldClock.advance(minute);
    expect(JSON.stringify(await json("/apis"))).not.toContain("route.openshift.io");
    expect(await json("/apis/route.openshift.io/v1/routes")).toMatchObject({ code: 404 });
    lab.worldClock.advance(2 * minute);
    expect(JSON.stringify(await json("/apis"))).toContain("route.openshift.io");
  });

  test("of a secret the metadata alone, when asked so", async () => {
    const path = "/api/v1/namespaces/openshift-kube-controller-manager-operator/secrets/csr-signer";
    const accept = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
    expect(Object.keys(await json(path))).toContain("data");
    const partial = await json(path, { headers: { accept } });
    expect(partial).toMatchObject({
      kind: "PartialObjectMetadata",
      metadata: {
        annotations: { "auth.openshift.io/certificate-not-after": "2026-01-06T08:00:12Z" },
      },
    });
    expect(Object.keys(partial)).not.toContain("data");
  });

  test("what is not there is a Status", async () => {
    expect(await json("/api/v1/nodes/nope")).toMatchObject({
      reason: "NotFound",
      message: 'nodes "nope" not found',
      code: 404,
    });
  });
});

describe("patching a node", () => {
  beforeEach(() => lab.install());

  const spec = async () => (await json("/api/v1/nodes/master-0")).spec;

  test.each(["application/merge-patch+json", "application/strategic-merge-patch+json"])(
    "%s cordons and uncordons",
    async (contentType) => {
      await patch({ spec: { unschedulable: true } }, contentType);
      expect(await spec()).toEqual({
        unschedulable: true,
        taints: [{ key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" }],
      });
      await patch({ spec: { unschedulable: null } }, contentType);
      expect(await spec()).toEqual({});
    },
  );

  test("a JSON patch cannot remove what is not there", async () => {
    const remove = [{ op: "remove", path: "/spec/unschedulable" }];
    expect((await patch(remove, "application/json-patch+json")).status).toBe(422);
    const add = [{ op: "add", path: "/spec/unschedulable", value: true }];
    expect((await patch(add, "application/json-patch+json")).status).toBe(200);
    expect((await patch(remove, "application/json-patch+json")).status).toBe(200);
    expect(await spec()).toEqual({});
  });

  test("plain JSON is no patch", async () => {
    expect((await patch({}, "application/json")).status).toBe(415);
  });
});

describe("the control API", () => {
  const control = async (body: unknown, at = address) => {
    const response = await fetch(`${lab.url}/sandbox/clusters/${at}`, {
      method: "PATCH",
      body: JSON.stringify(body),
      headers: { connection: "close" },
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  test("lists clusters", async () => {
    lab.install();
    const response = await fetch(`${lab.url}/sandbox/clusters`);
    expect(await response.json()).toMatchObject([
      { installed: true, serving: true, nodes: [{ name: "master-0", ready: "True" }] },
    ]);
  });

  test("takes the API down for a while", async () => {
    lab.install();
    expect((await control({ apiDownMs: minute })).body).toMatchObject({ serving: false });
    await expect(request("/version")).rejects.toThrow("fetch failed");
    lab.worldClock.advance(minute);
    expect((await request("/version")).status).toBe(200);
  });

  test("breaks and heals operators", async () => {
    lab.install();
    const degraded = async () => {
      const operator = await json("/apis/config.openshift.io/v1/clusteroperators/dns");
      const { conditions } = operator.status as { conditions: { type: string; status: string }[] };
      return conditions.find((c) => c.type === "Degraded")?.status;
    };
    await control({ operators: { dns: { conditions: { Degraded: "True" } } } });
    expect(await degraded()).toBe("True");
    await control({ operators: { dns: null } });
    expect(await degraded()).toBe("False");
  });

  test("refuses what it does not know, and clusters that are not there", async () => {
    lab.install();
    expect(await control({ apiDown: true })).toEqual({
      status: 400,
      body: { error: '✖ Unrecognized key: "apiDown"' },
    });
    expect(await control({}, "10.0.0.1")).toEqual({
      status: 404,
      body: { error: "no cluster at 10.0.0.1" },
    });
  });
});

test("a node can be made to ignore its shutdown", async () => {
  const [master] = lab.install();
  const shutDown = async (name: string, command: string) => {
    const body = JSON.stringify({
      metadata: { name },
      spec: { nodeName: "master-0", containers: [{ command: ["sh", "-c", command] }] },
    });
    return (await request("/api/v1/namespaces/default/pods", { method: "POST", body })).status;
  };
  lab.model().faults.setIgnoresShutdown("master-0", true);
  expect(await shutDown("one", "shutdown -h +1")).toBe(201);
  expect(await shutDown("one", "shutdown -h +1")).toBe(409);
  lab.worldClock.advance(5 * minute);
  expect(master?.state).toBe("running");
  lab.model().faults.setIgnoresShutdown("master-0", false);
  await shutDown("two", "shutdown -h +1");
  await shutDown("three", "shutdown -c");
  lab.worldClock.advance(5 * minute);
  expect(master?.state).toBe("running");
  await shutDown("four", "shutdown -h +1");
  lab.worldClock.advance(2 * minute);
  expect(master?.state).toBe("off");
});
