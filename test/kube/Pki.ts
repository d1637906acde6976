import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { issue, type Pair, type Wanted } from "../../sandbox/certificates";

const dayMs = 24 * 3_600_000;

/** An authority that signs for one purpose, as OpenShift has one for each. */
export interface Signer {
  commonName: string;
  pair: Pair;
  notBefore: Date;
  notAfter: Date;
}

const serverNames = ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"];

/** The keys and certificates of a cluster, as files in a directory and in memory. */
export class Pki {
  readonly serverAuthority = signer("kube-apiserver-lb-signer", -1, 3650);
  readonly adminSigner = signer("admin-kubeconfig-signer", -1, 3650);
  readonly controlPlaneSigner = signer("kube-control-plane-signer", -1, 365);
  readonly aggregatorSigner = signer("aggregator-signer", -1, 365);
  readonly kubeletSigner = signer("kube-apiserver-to-kubelet-signer", -1, 365);
  csrSignerSigner = signer("csr-signer-signer", -1, 60);
  csrSigner = signer("kube-csr-signer", -1, 30);
  readonly #authorities: string[] = [];

  constructor(readonly directory: string) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const server = {
      purpose: "server",
      dnsNames: serverNames,
      ipAddresses: ["127.0.0.1"],
    } as const;
    this.write("server-ca.crt", this.serverAuthority.pair.certificate);
    this.writePair(
      "apiserver",
      certify(this.serverAuthority, { commonName: "kubernetes", ...server }),
    );
    this.writePair(
      "kubelet-client",
      this.client(this.kubeletSigner, "system:kube-apiserver", "kube-master"),
    );
    this.write("aggregator-ca.crt", this.aggregatorSigner.pair.certificate);
    this.writePair(
      "front-proxy",
      this.client(this.aggregatorSigner, "system:openshift-aggregator"),
    );
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.write(
      "service-accounts.key",
      privateKey.export({ type: "sec1", format: "pem" }).toString(),
    );
    this.write(
      "service-accounts.pub",
      publicKey.export({ type: "spki", format: "pem" }).toString(),
    );
    for (const it of [this.adminSigner, this.controlPlaneSigner, this.kubeletSigner])
      this.#trust(it);
    this.replaceCsrSigner(this.csrSigner);
  }

  /** Changes the authority that signs kubelets' certificates; what older ones have signed stays good. */
  replaceCsrSigner(csrSigner: Signer): void {
    this.csrSigner = csrSigner;
    this.#trust(csrSigner);
    this.writePair("csr-signer", csrSigner.pair);
  }

  /** A client's certificate. */
  client(by: Signer, commonName: string, organization?: string, days = 20): Pair {
    const dates = { notBefore: new Date(Date.now() - dayMs), notAfter: daysFromNow(days) };
    const subject = { commonName, ...(organization !== undefined && { organization }) };
    return issue({ ...subject, purpose: "client", ...dates }, issuerOf(by));
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  write(name: string, content: string): string {
    writeFileSync(this.path(name), content, { mode: 0o600 });
    return this.path(name);
  }

  writePair(name: string, pair: Pair): void {
    this.write(`${name}.crt`, pair.certificate);
    this.write(`${name}.key`, pair.key);
  }

  #trust({ pair }: Signer): void {
    if (!this.#authorities.includes(pair.certificate)) this.#authorities.push(pair.certificate);
    this.write("client-ca.crt", this.#authorities.join(""));
  }
}

/** An authority that is good from and until so many days from now. */
export function signer(name: string, fromDays: number, untilDays: number): Signer {
  const notBefore = daysFromNow(fromDays);
  const notAfter = daysFromNow(untilDays);
  const commonName = `${name}@${Math.floor(Date.now() / 1000)}`;
  return {
    commonName,
    notBefore,
    notAfter,
    pair: issue({ commonName, purpose: "authority", notBefore, notAfter }),
  };
}

function certify(by: Signer, wanted: Omit<Wanted, "notBefore" | "notAfter">): Pair {
  return issue({ ...wanted, notBefore: daysFromNow(-1), notAfter: daysFromNow(364) }, issuerOf(by));
}

function issuerOf({ pair, commonName }: Signer) {
  return { pair, commonName };
}

function daysFromNow(days: number): Date {
  return new Date(Date.now() + days * dayMs);
}
