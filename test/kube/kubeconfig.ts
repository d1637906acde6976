import type { Identity } from "./Api";

/** A kubeconfig for one user, with everything in it. */
export function kubeconfigText(server: string, ca: string, identity: Identity): string {
  const user =
    "token" in identity
      ? { token: identity.token }
      : {
          "client-certificate-data": btoa(identity.certificate),
          "client-key-data": btoa(identity.key),
        };
  // JSON is YAML.
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "lab", cluster: { server, "certificate-authority-data": btoa(ca) } }],
    users: [{ name: "user", user }],
    contexts: [{ name: "lab", context: { cluster: "lab", user: "user" } }],
    "current-context": "lab",
  });
}
