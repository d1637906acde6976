/** The one credential of all clusters of a sandbox. Loopback only: a secret of nobody. */
export const clusterToken = "sha256~sandbox-kubeadmin";

/**
 * A kubeconfig for the cluster that has its API at `address` inside the environment.
 *
 * @param sandboxUrl the sandbox's own address, e.g. `http://127.0.0.1:8774`
 * @param address machine network address of a master, e.g. `192.168.32.10`
 */
export function kubeconfigFor(sandboxUrl: string, address: string): string {
  return `apiVersion: v1
kind: Config
clusters:
  - name: sandbox
    cluster:
      server: ${sandboxUrl}/openshift/${address}
      insecure-skip-tls-verify: true
users:
  - name: kubeadmin
    user:
      token: ${clusterToken}
contexts:
  - name: sandbox
    context:
      cluster: sandbox
      user: kubeadmin
current-context: sandbox
`;
}
