import { Agent, request } from "undici";
import type { KubeVirtUnderTest } from "../acceptance/KubeVirtUnderTest";
import { condition, reference, type KubeVirtCalls } from "./KubeVirtCalls";

const snapshots = "/apis/snapshot.kubevirt.io/v1beta1/namespaces/default/virtualmachinesnapshots";

/** A call with the kubeconfig's address, and its token unless another is given. */
async function callAs(kubevirt: KubeVirtUnderTest, method: string, path: string, token?: string) {
  const config = JSON.parse(kubevirt.kubeconfig) as {
    clusters: [{ cluster: { server: string; "certificate-authority-data": string } }];
    users: [{ user: { token: string } }];
  };
  const { server, "certificate-authority-data": ca } = config.clusters[0].cluster;
  const dispatcher = new Agent({ connect: { ca: atob(ca) } });
  const headers = { authorization: `Bearer ${token ?? config.users[0].user.token}` };
  const answer = await request(server + path, { method: method as "GET", headers, dispatcher });
  const body = (await answer.body.json()) as { message?: string; reason?: string };
  await dispatcher.destroy();
  return { ...body, status: answer.statusCode, retryAfter: answer.headers["retry-after"] };
}

/** What the product meets: who it is, and answers that go wrong. */
export function accessChecks(on: () => KubeVirtCalls): void {
  test("a token that nobody knows is answered with 401", async () => {
    const { kubevirt } = on();
    expect(await callAs(kubevirt, "GET", snapshots, "another")).toMatchObject({
      status: 401,
      message: "Unauthorized",
    });
  });

  test("made-up answers strike the product as often as they are asked to, and nobody else", async () => {
    const kube = on();
    const fault = {
      answer: { status: 429, reason: "TooManyRequests", message: "slow down", retryAfter: 1 },
      method: "GET",
      resource: "virtualmachinesnapshots",
      times: 1,
    };
    const end = kube.kubevirt.setFault(fault);
    const own = await kube.kubevirt.call("GET", snapshots);
    const struck = await callAs(kube.kubevirt, "GET", snapshots);
    const spared = await callAs(kube.kubevirt, "GET", snapshots);
    end();
    expect(own.status).toBe(200);
    expect(struck).toMatchObject({ status: 429, retryAfter: "1", message: "slow down" });
    expect(spared.status).not.toBe(429);
  });

  test("what the product asks for is written down, with what it was answered", async () => {
    const { kubevirt } = on();
    const before = kubevirt.requests().length;
    await kubevirt.call("GET", snapshots);
    const { status } = await callAs(kubevirt, "GET", `${snapshots}?limit=500`);
    expect(kubevirt.requests().slice(before)).toEqual([
      { method: "GET", path: `${snapshots}?limit=500`, status },
    ]);
  });
}

/** A cluster that has only v1alpha1 of the snapshots' API. */
export function olderVersionChecks(on: () => KubeVirtCalls): void {
  const group = "/apis/snapshot.kubevirt.io";

  test("discovery names v1alpha1 alone, and v1beta1 is not found", async () => {
    const { kubevirt } = on();
    const { body } = await kubevirt.call("GET", group);
    const { versions } = body as { versions: { version: string }[] };
    expect(versions.map(({ version }) => version)).toEqual(["v1alpha1"]);
    expect((await kubevirt.call("GET", snapshots)).status).toBe(404);
  });

  test("the exercise's VirtualMachineSnapshot my-vmsnapshot of apiVersion v1alpha1 succeeds", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "my-vm" });
    const path = snapshots.replace("v1beta1", "v1alpha1");
    const made = await kube.kubevirt.call("POST", path, {
      apiVersion: "snapshot.kubevirt.io/v1alpha1",
      kind: "VirtualMachineSnapshot",
      metadata: { name: "my-vmsnapshot" },
      spec: { source: reference("my-vm") },
    });
    expect(made.status).toBe(201);
    const snapshot = await kube.readySnapshot("my-vmsnapshot");
    expect(snapshot.status?.phase).toBe("Succeeded");
    expect(condition(snapshot, "Ready")).toBe("True: Ready");
  });
}
