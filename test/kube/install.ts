import type { Identity } from "./Api";
import type { ControlPlane } from "./ControlPlane";
import { openshiftCrds } from "./crds";
import {
  machineConfigDaemon,
  machineConfigDaemonPod,
  nodeObject,
  type LabNode,
} from "./nodeObjects";
import {
  bootstrapperToken,
  bootstrapping,
  clusterObjects,
  machineConfigNamespace,
  machineConfigPools,
  namespaces,
  seconds,
  serviceAccount,
  signerSecret,
} from "./objects";
import { rolesInReadme, roleWithout } from "./readmeRoles";
import { seedAll } from "./seed";
import { until } from "./until";
import { workloadLeft } from "./workload";

/** Collection of the requests for certificates. */
export const requests = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
/** Collection of the pods among which the product's are. */
export const podsOfMachineConfig = `/api/v1/namespaces/${machineConfigNamespace}/pods`;

const product = { namespace: "snapset", name: "snapset" };
const crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const ageMs = 2 * 3_600_000;

/** Whom the installation has made: the product, and the kubelets before they have certificates. */
export interface Accounts {
  product: Identity;
  bootstrapper: { token: string };
}

/** What is made once: OpenShift's types, namespaces, accounts and their rights. */
export async function install(plane: ControlPlane): Promise<Accounts> {
  const definitions = openshiftCrds().map((object) => ({ collection: crds, object }));
  await seedAll(plane.lab, definitions);
  await seedAll(plane.lab, namespaces());
  await seedAll(plane.lab, [
    ...bootstrapping(),
    machineConfigDaemon(),
    serviceAccount(product.namespace, product.name),
    ...rolesInReadme(product),
  ]);
  return {
    product: await tokenOf(plane, product.namespace, product.name),
    bootstrapper: await lastingToken(plane),
  };
}

/** Brings everything to what it was after the installation: nodes are new, and have no power yet. */
export async function seedCluster(plane: ControlPlane, nodes: readonly LabNode[]): Promise<void> {
  const { lab, server } = plane;
  const longAgo = seconds(new Date(Date.now() - ageMs));
  const left = [requests, podsOfMachineConfig, ...workloadLeft, "/api/v1/nodes"];
  await Promise.all(left.map((it) => lab.remove(it)));
  await until("OpenShift's types to be served", () =>
    seedAll(lab, [
      ...clusterObjects(server, longAgo),
      ...machineConfigPools(longAgo, nodes),
      ...nodes.map((it) => nodeObject(it, "", longAgo)),
      ...signerSecrets(plane),
    ]),
  );
  const { collection, object } = machineConfigDaemon();
  const { metadata } = await lab.get(`${collection}/${object.metadata.name}`);
  const daemons = nodes.map((it) => machineConfigDaemonPod(it, metadata.uid ?? ""));
  await seedAll(lab, daemons);
}

function signerSecrets({ pki }: ControlPlane) {
  const controllers = "openshift-kube-controller-manager-operator";
  return [
    signerSecret(controllers, "csr-signer", pki.csrSigner),
    signerSecret(controllers, "csr-signer-signer", pki.csrSignerSigner),
    signerSecret(
      "openshift-kube-apiserver-operator",
      "kube-apiserver-to-kubelet-signer",
      pki.kubeletSigner,
    ),
  ];
}

/** Another account for the product, which lacks the rights to a resource. */
export async function accountWithout(plane: ControlPlane, resource: string): Promise<Identity> {
  const account = { namespace: product.namespace, name: `without-${resource}` };
  await seedAll(plane.lab, [serviceAccount(account.namespace, account.name)]);
  await seedAll(plane.lab, roleWithout(resource, account));
  return tokenOf(plane, account.namespace, account.name);
}

/** A token of a service account, for a day. */
export async function tokenOf(
  plane: ControlPlane,
  namespace: string,
  name: string,
): Promise<{ token: string }> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const { status } = await plane.lab.create<{ status: { token: string } }>(path, {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    spec: { expirationSeconds: 86_400 },
  });
  return { token: status.token };
}

/** The node bootstrapper's, which never expires: the one that is on every node's disk. */
async function lastingToken({ lab }: ControlPlane): Promise<{ token: string }> {
  const secret = bootstrapperToken();
  await seedAll(lab, [secret]);
  let token = "";
  await until("the node bootstrapper's token", async () => {
    const path = `${secret.collection}/${secret.object.metadata.name}`;
    const { data } = await lab.get<{ data?: { token?: string } }>(path);
    token = atob(data?.token ?? "");
    if (token === "") throw new Error("there is none");
  });
  return { token };
}
