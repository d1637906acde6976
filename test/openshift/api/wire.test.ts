import type { Clock } from "../../../common/clock";
import { createCluster } from "../../../openshift/api/cluster";
import { ClusterError } from "../../../openshift/api/errors";
import type { WireAnswer, WireRequest } from "../../../openshift/api/wire";

interface Script {
  answers: (Partial<WireAnswer> | Error)[];
  requests: WireRequest[];
  slept: number[];
}

function scripted(...answers: Script["answers"]) {
  const script: Script = { answers, requests: [], slept: [] };
  const clock: Clock = {
    now: () => new Date(0),
    sleep: (ms) => {
      script.slept.push(ms);
      return Promise.resolve();
    },
  };
  const cluster = createCluster("https://api.example:6443", {
    clock,
    callTimeoutMs: 50,
    send: (request) => {
      script.requests.push(request);
      const answer = script.answers.shift() ?? { status: 599 };
      if (answer instanceof Error) return Promise.reject(answer);
      return Promise.resolve({ status: 200, headers: {}, text: "{}", ...answer });
    },
  });
  return { cluster, script };
}

const unavailable = { status: 503, text: "no server is available" };
const forbidden = {
  status: 403,
  text: JSON.stringify({
    kind: "Status",
    reason: "Forbidden",
    message: 'nodes is forbidden: User "x"',
  }),
};

test("a read is repeated when there was no answer or no server, and waits as told", async () => {
  const { cluster, script } = scripted(
    new Error("connect ECONNREFUSED"),
    { ...unavailable, headers: { "retry-after": "3" } },
    { text: '{"items":[{"metadata":{"name":"master-0"}}]}' },
  );
  expect(await cluster.listNodes()).toEqual([{ metadata: { name: "master-0" } }]);
  expect(script.slept).toEqual([500, 3000]);
});

test("Retry-After is honoured up to ten seconds", async () => {
  const { cluster, script } = scripted({ ...unavailable, headers: { "retry-after": "900" } }, {});
  await cluster.listNodes();
  expect(script.slept).toEqual([10_000]);
});

test("the third failure is told, with verb, resource, status and message", async () => {
  const { cluster, script } = scripted(unavailable, unavailable, unavailable);
  await expect(cluster.listNodes()).rejects.toEqual(
    new ClusterError({ verb: "list", resource: "nodes", status: 503 }, "no server is available"),
  );
  expect(script.requests).toHaveLength(3);
});

test("a webhook that the API server did not reach has judged nothing: asked again, unlike other defects", async () => {
  const internal = (message: string) => ({
    status: 500,
    text: JSON.stringify({
      reason: "InternalError",
      message: `Internal error occurred: ${message}`,
    }),
  });
  const webhook = 'failed calling webhook "x.example": failed to call webhook: Post "y": EOF';
  const { cluster, script } = scripted(internal(webhook), {}, internal("etcd is out of space"));
  await cluster.patchNodeUnschedulable("master-0", true, {});
  expect(script.slept).toEqual([500]);
  await expect(cluster.patchNodeUnschedulable("master-0", true, {})).rejects.toThrow(
    "500 Internal error occurred: etcd is out of space",
  );
});

test("a refusal is final", async () => {
  const { cluster, script } = scripted(forbidden);
  await expect(cluster.listNodes()).rejects.toThrow(
    'cannot list nodes: 403 nodes is forbidden: User "x"',
  );
  expect(script.requests).toHaveLength(1);
});

test("operators are asked for once: a failed list is an observation", async () => {
  const { cluster, script } = scripted(unavailable);
  await expect(cluster.listClusterOperators()).rejects.toThrow(
    "cannot list clusteroperators: 503 no server is available",
  );
  expect(script.requests).toHaveLength(1);
});

test("a pod is never created twice", async () => {
  const { cluster, script } = scripted(new Error("socket hang up"));
  await expect(cluster.createPod("ns", { metadata: { name: "p" } })).rejects.toThrow(
    "cannot create pod ns/p: no answer: socket hang up",
  );
  expect(script.requests).toHaveLength(1);
});

test("a pod that is gone has been deleted", async () => {
  const { cluster, script } = scripted({ status: 404, text: '{"reason":"NotFound"}' });
  await cluster.deletePod("ns", "p");
  expect(script.requests[0]).toMatchObject({
    method: "DELETE",
    path: "/api/v1/namespaces/ns/pods/p?gracePeriodSeconds=0",
  });
});

test("uncordoning removes the field, as oc does", async () => {
  const { cluster, script } = scripted({}, {});
  await cluster.patchNodeUnschedulable("master-0", true, { mark: "x" });
  await cluster.patchNodeUnschedulable("master-0", false, { mark: null });
  expect(script.requests.map(({ body }) => JSON.parse(body ?? "") as unknown)).toEqual([
    { metadata: { annotations: { mark: "x" } }, spec: { unschedulable: true } },
    { metadata: { annotations: { mark: null } }, spec: { unschedulable: null } },
  ]);
  expect(script.requests[0]?.headers["content-type"]).toBe("application/merge-patch+json");
});

test("of a secret only the metadata are asked for", async () => {
  const { cluster, script } = scripted({ text: '{"metadata":{"name":"csr-signer"}}' });
  await cluster.readSecretMetadata("ns", "csr-signer");
  expect(script.requests[0]?.headers.accept).toBe(
    "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
  );
});

test("what is not JSON is not an API server", async () => {
  const { cluster } = scripted({ text: "<html>login</html>" });
  await expect(cluster.listNodes()).rejects.toThrow(
    "cannot list nodes: 200 the answer is not JSON; is this the address of an API server?",
  );
});

test("a call that is never answered ends", async () => {
  const cluster = createCluster("https://api.example:6443", {
    clock: { now: () => new Date(0), sleep: () => Promise.resolve() },
    callTimeoutMs: 5,
    send: ({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          reject(signal.reason as Error);
        });
      }),
  });
  await expect(cluster.listClusterOperators()).rejects.toThrow(
    "cannot list clusteroperators: no answer within 5 ms",
  );
});

test("an abort ends calls with its own reason, and only under its own signal", async () => {
  const { cluster } = scripted({});
  const stopped = cluster.withSignal(AbortSignal.abort(new Error("cancelled by user")));
  await expect(stopped.listNodes()).rejects.toThrow("cancelled by user");
  expect(await stopped.withSignal(undefined).listNodes()).toEqual([]);
});
