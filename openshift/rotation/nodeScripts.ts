import { bootstrapKubeconfig, certificateDirectory } from "./credentials";

/** For the API, and for nothing else than to see whether it takes the credential. */
const asks = (kubeconfig: string) =>
  `timeout 60 oc --kubeconfig="${kubeconfig}" get --raw /api --request-timeout=20s >/dev/null`;

const renewScript = `
set -e
conf=$1 admin=$2 recover=$3
private=$(mktemp -d)
new=$(mktemp -p "$(dirname "$conf")")
trap 'rm -rf "$private" "$new"' EXIT
KUBECONFIG=$admin TMPDIR=$private "$recover" >"$new"
${asks("$new")}
chmod 0600 "$new"
mv -f "$new" "$conf"
`;

/**
 * The command that gives a control plane node's kubelet a new bootstrap kubeconfig, with the node
 * bootstrapper's token: made by the script that MCO puts there for that purpose (machine-config-operator
 * templates/master/00-master/_base/files/usr-local-bin-openshift-kubeconfig-gen.yaml), run with the
 * kubeconfig that Red Hat's recovery procedures use. The token never leaves the node. What is there
 * is replaced only by one that the API takes; may be repeated.
 */
export function renewBootstrapCommand(
  kubeconfig = bootstrapKubeconfig,
  admin = "/etc/kubernetes/static-pod-resources/kube-apiserver-certs/secrets/node-kubeconfigs/localhost.kubeconfig",
  recover = "/usr/local/bin/recover-kubeconfig.sh",
): string[] {
  return ["sh", "-c", renewScript, "renew-bootstrap", kubeconfig, admin, recover];
}

const restartScript = `
set -e
conf=$2
if ! ${asks("$conf")}; then
  echo "the API refuses the bootstrap credential in $conf"
  exit 1
fi
rm -f "$1/kubelet-client-current.pem" "$1/kubelet-server-current.pem"
systemctl --no-block restart kubelet
`;

/**
 * The command that makes a kubelet ask for new certificates: without the links to the current ones it
 * begins as a new node's does (kubernetes pkg/kubelet/certificate/bootstrap/bootstrap.go,
 * isClientConfigStillValid); the certificates themselves stay beside, as after each renewal. Where
 * the API does not take the bootstrap credential nothing is touched: the node would be lost.
 */
export function restartKubeletCommand(
  directory = certificateDirectory,
  kubeconfig = bootstrapKubeconfig,
): string[] {
  return ["sh", "-c", restartScript, "restart-kubelet", directory, kubeconfig];
}
