import { generateKeyPairSync, sign, type KeyPairKeyObjectResult } from "node:crypto";
import { CertificationRequest, CertificationRequestInfo } from "@peculiar/asn1-csr";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import {
  AlgorithmIdentifier,
  Attribute,
  AttributeTypeAndValue,
  AttributeValue,
  Extension,
  Extensions,
  GeneralName,
  id_ce_subjectAltName,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectPublicKeyInfo,
} from "@peculiar/asn1-x509";

/** What to ask for. */
export interface Requested {
  commonName: string;
  organizations: string[];
  dnsNames: string[];
  ipAddresses: string[];
}

const commonName = "2.5.4.3";
const organization = "2.5.4.10";
const extensionRequest = "1.2.840.113549.1.9.14";
const ecdsaWithSha256 = "1.2.840.10045.4.3.2";

let ownKeys: KeyPairKeyObjectResult | undefined;

/**
 * A PKCS#10 request as a kubelet makes it, base64 of PEM.
 *
 * @param keys for which the certificate is to be. @default this process's: nobody uses the answer
 */
export function certificateRequest(
  requested: Requested,
  keys: KeyPairKeyObjectResult = (ownKeys ??= newKeys()),
): string {
  const spki = keys.publicKey.export({ type: "spki", format: "der" });
  const certificationRequestInfo = new CertificationRequestInfo({
    version: 0,
    subject: subjectOf(requested),
    subjectPKInfo: AsnConvert.parse(spki, SubjectPublicKeyInfo),
  });
  certificationRequestInfo.attributes.push(...attributesOf(requested));
  const signed = Buffer.from(AsnConvert.serialize(certificationRequestInfo));
  const request = new CertificationRequest({
    certificationRequestInfo,
    signatureAlgorithm: new AlgorithmIdentifier({ algorithm: ecdsaWithSha256 }),
    signature: bufferOf(sign("sha256", signed, keys.privateKey)),
  });
  const lines = Buffer.from(AsnConvert.serialize(request))
    .toString("base64")
    .match(/.{1,64}/g);
  const body = (lines ?? []).join("\n");
  return btoa(`-----BEGIN CERTIFICATE REQUEST-----\n${body}\n-----END CERTIFICATE REQUEST-----\n`);
}

function newKeys(): KeyPairKeyObjectResult {
  return generateKeyPairSync("ec", { namedCurve: "prime256v1" });
}

function subjectOf({ organizations, commonName: name }: Requested): Name {
  const part = (type: string, text: string) =>
    new RelativeDistinguishedName([
      new AttributeTypeAndValue({ type, value: new AttributeValue({ utf8String: text }) }),
    ]);
  return new Name([
    ...organizations.map((text) => part(organization, text)),
    part(commonName, name),
  ]);
}

function attributesOf({ dnsNames, ipAddresses }: Requested): Attribute[] {
  if (dnsNames.length + ipAddresses.length === 0) return [];
  const names = new SubjectAlternativeName([
    ...dnsNames.map((dNSName) => new GeneralName({ dNSName })),
    ...ipAddresses.map((iPAddress) => new GeneralName({ iPAddress })),
  ]);
  const extension = new Extension({
    extnID: id_ce_subjectAltName,
    extnValue: new OctetString(AsnConvert.serialize(names)),
  });
  const values = [AsnConvert.serialize(new Extensions([extension]))];
  return [new Attribute({ type: extensionRequest, values })];
}

function bufferOf(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
