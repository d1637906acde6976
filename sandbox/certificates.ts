import {
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
} from "node:crypto";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_clientAuth,
  id_kp_serverAuth,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from "@peculiar/asn1-x509";

/** A certificate with its key, both as PEM. */
export interface Pair {
  certificate: string;
  key: string;
}

/** What a certificate says. */
export interface Wanted {
  commonName: string;
  organization?: string;
  purpose: "authority" | "client" | "server";
  dnsNames?: readonly string[];
  ipAddresses?: readonly string[];
  notBefore: Date;
  notAfter: Date;
}

const oids = { commonName: "2.5.4.3", organization: "2.5.4.10" };
const ecdsaWithSha256 = new AlgorithmIdentifier({ algorithm: "1.2.840.10045.4.3.2" });

/** Makes a key (P-256) and a certificate for it, signed by `issuer` or by itself. */
export function issue(wanted: Wanted, issuer?: { pair: Pair; commonName: string }): Pair {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const issuerKey = issuer?.pair.key ?? key;
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: arrayOf(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    signature: ecdsaWithSha256,
    issuer: nameOf(
      issuer?.commonName ?? wanted.commonName,
      issuer ? undefined : wanted.organization,
    ),
    validity: new Validity({
      notBefore: wanted.notBefore,
      notAfter: wanted.notAfter,
    }),
    subject: nameOf(wanted.commonName, wanted.organization),
    subjectPublicKeyInfo: AsnConvert.parse(spkiOf(publicKey), SubjectPublicKeyInfo),
    extensions: extensionsOf(wanted, publicKey, createPublicKey(issuerKey)),
  });
  const signed = Buffer.from(AsnConvert.serialize(tbsCertificate));
  const certificate = new Certificate({
    tbsCertificate,
    signatureAlgorithm: ecdsaWithSha256,
    signatureValue: arrayOf(sign("sha256", signed, issuerKey)),
  });
  return { certificate: pem("CERTIFICATE", Buffer.from(AsnConvert.serialize(certificate))), key };
}

function extensionsOf(wanted: Wanted, key: KeyObject, issuerKey: KeyObject): Extensions {
  const isAuthority = wanted.purpose === "authority";
  const usage = KeyUsageFlags.digitalSignature | (isAuthority ? KeyUsageFlags.keyCertSign : 0);
  const role = wanted.purpose === "client" ? id_kp_clientAuth : id_kp_serverAuth;
  const names = [
    ...(wanted.dnsNames ?? []).map((dNSName) => new GeneralName({ dNSName })),
    ...(wanted.ipAddresses ?? []).map((iPAddress) => new GeneralName({ iPAddress })),
  ];
  return new Extensions([
    extension(id_ce_basicConstraints, new BasicConstraints({ cA: isAuthority }), true),
    extension(id_ce_keyUsage, new KeyUsage(usage), true),
    extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyIdOf(key))),
    extension(
      id_ce_authorityKeyIdentifier,
      new AuthorityKeyIdentifier({ keyIdentifier: new KeyIdentifier(keyIdOf(issuerKey)) }),
    ),
    ...(isAuthority ? [] : [extension(id_ce_extKeyUsage, new ExtendedKeyUsage([role]))]),
    ...(names.length > 0
      ? [extension(id_ce_subjectAltName, new SubjectAlternativeName(names))]
      : []),
  ]);
}

function extension(extnID: string, value: object, critical = false): Extension {
  const extnValue = new OctetString(AsnConvert.serialize(value));
  return new Extension({ extnID, critical, extnValue });
}

function nameOf(commonName: string, organization: string | undefined): Name {
  const part = (type: string, text: string) =>
    new RelativeDistinguishedName([
      new AttributeTypeAndValue({ type, value: new AttributeValue({ utf8String: text }) }),
    ]);
  return new Name([
    ...(organization === undefined ? [] : [part(oids.organization, organization)]),
    part(oids.commonName, commonName),
  ]);
}

function keyIdOf(key: KeyObject): ArrayBuffer {
  return arrayOf(spkiOf(key).subarray(-20));
}

function spkiOf(key: KeyObject): Buffer {
  return key.export({ type: "spki", format: "der" });
}

function arrayOf(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
