/** From when to when a certificate is valid, ISO 8601. */
export interface Validity {
  notBefore: string;
  notAfter: string;
}

/** What a kubelet shows to get its first client certificate, or a new one when that has expired. */
export interface BootstrapCredential {
  kind: "certificate" | "token";
  /** ISO 8601; absent on a token without expiry, as the node bootstrapper's is. */
  notAfter?: string;
}

/** A kubelet's credentials as they are on its node's disk; what is not there is absent. */
export interface KubeletCredentials {
  client?: Validity;
  serving?: Validity;
  bootstrap?: BootstrapCredential;
}

/** What one node answered, or why it did not. */
export type NodeReading =
  { node: string; credentials: KubeletCredentials } | { node: string; problem: string };

/**
 * Where a kubelet keeps them: MCO's kubelet.service names the second as `--bootstrap-kubeconfig`
 * (templates/master/01-master-kubelet), the first is the kubelet's `--cert-dir` by default.
 */
export const certificateDirectory = "/var/lib/kubelet/pki";
export const bootstrapKubeconfig = "/etc/kubernetes/kubeconfig";

/**
 * Prints one line per credential: dates, never a key or a token. Files rather than a handshake with
 * port 10250: they are what a restored node starts with, and for both certificates the same. Only
 * what every RHCOS has is used; `-dateopt` is not in the OpenSSL of RHCOS 8.
 *
 * Bootstrap kubeconfigs hold a certificate on nodes that the installer's bootstrap machine set up
 * (installer pkg/asset/tls/kubelet.go), the node bootstrapper's token on others (MCO
 * pkg/server/cluster_server.go, kubeconfigFromSecret). Where both are there, the API server goes on
 * to the token when the certificate has expired.
 */
const script = `
dates() { openssl x509 -noout -startdate -enddate 2>/dev/null | paste -s -d ' ' -; }
certificate() {
  said=$(dates)
  if [ -n "$said" ]; then echo "$1 $said"; else echo "$1 unreadable"; fi
}
file() { if [ -e "$2" ]; then certificate "$1" <"$2"; else echo "$1 missing"; fi; }
value() { sed -n "s/^ *$1: *//p" "$conf" | tr -d "\\"'" | head -n 1; }
file client "$1/kubelet-client-current.pem"
file serving "$1/kubelet-server-current.pem"
conf=$2
if [ ! -e "$conf" ]; then echo bootstrap missing; exit 0; fi
token=$(value token)
data=$(value client-certificate-data)
path=$(value client-certificate)
if [ -n "$token" ]; then
  claims=$(printf '%s===' "$token" | cut -d. -f2 | tr _- /+ | base64 -d 2>/dev/null)
  echo "bootstrap token $(printf '%s' "$claims" | grep -o '"exp": *[0-9]*' | tr -dc 0-9)"
elif [ -n "$data" ]; then
  printf '%s' "$data" | base64 -d 2>/dev/null | certificate 'bootstrap certificate'
elif [ -n "$path" ]; then
  file 'bootstrap certificate' "$path"
else
  echo bootstrap missing
fi
`;

/** The command that prints a node's credentials for {@link parseCredentials}; it changes nothing. */
export function readCredentialsCommand(
  directory = certificateDirectory,
  kubeconfig = bootstrapKubeconfig,
): string[] {
  return ["sh", "-c", script, "read-credentials", directory, kubeconfig];
}

/**
 * Reads what {@link readCredentialsCommand} has printed.
 *
 * @throws when it is anything else than the three lines
 */
export function parseCredentials(output: string): KubeletCredentials {
  const lines = output.trim().split("\n");
  const [client = "", serving = "", bootstrap = ""] = lines;
  if (lines.length !== 3) throw new Error(`it printed ${lines.length} lines, not 3`);
  const found = {
    client: parseCertificate("client", client),
    serving: parseCertificate("serving", serving),
    bootstrap: parseBootstrap(bootstrap),
  };
  return {
    ...(found.client && { client: found.client }),
    ...(found.serving && { serving: found.serving }),
    ...(found.bootstrap && { bootstrap: found.bootstrap }),
  };
}

function parseBootstrap(line: string): BootstrapCredential | undefined {
  if (line === "bootstrap missing") return undefined;
  const token = /^bootstrap token ?(\d*)$/.exec(line);
  if (token) {
    const expires = token[1] ?? "";
    if (expires === "") return { kind: "token" };
    return { kind: "token", notAfter: new Date(Number(expires) * 1000).toISOString() };
  }
  const certificate = parseCertificate("bootstrap certificate", line);
  return certificate && { kind: "certificate", notAfter: certificate.notAfter };
}

function parseCertificate(what: string, line: string): Validity | undefined {
  if (line === `${what} missing`) return undefined;
  if (line === `${what} unreadable`) throw new Error(`its ${what} is no certificate`);
  const dates = line.startsWith(`${what} `) ? line.slice(what.length + 1) : "";
  const [, from = "", to = ""] = /^notBefore=(.+) notAfter=(.+)$/.exec(dates) ?? [];
  const [notBefore, notAfter] = [parseDate(from), parseDate(to)];
  if (notBefore === undefined || notAfter === undefined) {
    throw new Error(`it printed "${line}" where its ${what} is expected`);
  }
  return { notBefore, notAfter };
}

/** OpenSSL's own format, `Mar  1 12:00:00 2026 GMT`, to ISO 8601. */
function parseDate(text: string): string | undefined {
  if (!/^[A-Z][a-z]{2} {1,2}\d{1,2} \d{2}:\d{2}:\d{2} \d{4} GMT$/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
