import { InputError } from "../common/errors";
import { callApi, connectWire, type ClusterConnection, type Wire } from "../openshift";
import { KubeVirt } from "./KubeVirt";
import { Objects } from "./Objects";
import { chooseVersions, type ApiVersions } from "./resources";

/** A cluster with KubeVirt, and the namespace in it. */
export interface KubeVirtConnection extends ClusterConnection {
  namespace: string;
}

/**
 * Reaches a cluster, and finds out which of KubeVirt's versions it serves and what its clock says.
 *
 * @throws {InputError} naming what is wrong with the kubeconfig, or what the cluster does not serve
 * @throws {ClusterError} when it does not answer
 */
export async function connectKubeVirt(connection: KubeVirtConnection): Promise<KubeVirt> {
  const { server, wire } = await connectWire(connection);
  const [versions, offsetMs] = await Promise.all([
    discoverVersions(wire, server),
    clockOffset(wire),
  ]);
  const { namespace, clock } = connection;
  const now = () => new Date(clock.now().getTime() + offsetMs);
  return new KubeVirt(new Objects(wire, namespace), { server, namespace, versions, now });
}

async function discoverVersions(wire: Wire, server: string): Promise<ApiVersions> {
  const { groups = [] } = (await callApi(wire, {
    verb: "get",
    resource: "API groups",
    path: "/apis",
  })) as { groups?: { versions: { groupVersion: string }[] }[] };
  const served = new Set(groups.flatMap(({ versions }) => versions.map((it) => it.groupVersion)));
  const { snapshot, subresources } = chooseVersions(served);
  if (snapshot !== undefined && subresources !== undefined) return { snapshot, subresources };
  const missing = [
    ...(snapshot === undefined ? ["snapshot.kubevirt.io (v1beta1 or v1alpha1)"] : []),
    ...(subresources === undefined ? ["subresources.kubevirt.io (v1 or v1alpha3)"] : []),
  ];
  throw new InputError(`the cluster at ${server}`, [
    `it does not serve ${missing.join(" nor ")}: is OpenShift Virtualization (KubeVirt) installed, ` +
      "and does its virt-api run?",
  ]);
}

/** By how much the server's clock is ahead of ours, to the second; 0 when it does not tell. */
async function clockOffset(wire: Wire): Promise<number> {
  const date = await callApi(wire, {
    verb: "get",
    resource: "version",
    path: "/version",
    wants: "date",
  });
  const time = Date.parse(String(date));
  return Number.isNaN(time) ? 0 : time - wire.clock.now().getTime();
}
