import { CertificationRequest } from "@peculiar/asn1-csr";
import { AsnConvert } from "@peculiar/asn1-schema";
import {
  Extensions,
  id_ce_subjectAltName,
  SubjectAlternativeName,
  type AttributeTypeAndValue,
  type GeneralName,
} from "@peculiar/asn1-x509";

/** What a PKCS#10 request asks for. */
export interface RequestedCertificate {
  commonNames: string[];
  organizations: string[];
  dnsNames: string[];
  /** As text, in no particular notation. */
  ipAddresses: string[];
  /** Whatever a kubelet never asks for, e.g. `e-mail x@y` or `extension 2.5.29.19`. */
  others: string[];
}

const commonName = "2.5.4.3";
const organization = "2.5.4.10";
const extensionRequest = "1.2.840.113549.1.9.14";

/** A storm of requests is looked at every second, and reading one takes milliseconds. */
const remembered = new Map<string, RequestedCertificate>();
const rememberedAtMost = 2000;

/**
 * Reads a CertificateSigningRequest's spec.request. Signature and DER form are not looked at: the
 * API server has checked both before it stored the object (kubernetes
 * pkg/apis/certificates/validation/validation.go, validateCSR).
 *
 * @throws when it is not exactly one PEM block with a PKCS#10 request
 */
export function parseRequest(base64: string): Readonly<RequestedCertificate> {
  const known = remembered.get(base64);
  if (known) return known;
  const requested = read(base64);
  if (remembered.size >= rememberedAtMost) remembered.clear();
  remembered.set(base64, requested);
  return requested;
}

function read(base64: string): RequestedCertificate {
  const { subject, attributes } = decode(base64).certificationRequestInfo;
  const requested: RequestedCertificate = {
    commonNames: [],
    organizations: [],
    dnsNames: [],
    ipAddresses: [],
    others: [],
  };
  for (const part of subject.flat()) addSubject(requested, part);
  for (const attribute of attributes) {
    if (attribute.type !== extensionRequest) requested.others.push(`attribute ${attribute.type}`);
    else for (const value of attribute.values) addExtensions(requested, value);
  }
  return requested;
}

function decode(base64: string): CertificationRequest {
  const pem = Buffer.from(base64, "base64").toString("latin1").trim();
  const block =
    /^-----BEGIN CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE REQUEST-----$/.exec(
      pem,
    );
  if (!block) throw new Error("it is not one PEM block of type CERTIFICATE REQUEST");
  return AsnConvert.parse(Buffer.from(block[1] ?? "", "base64"), CertificationRequest);
}

/** Only the two encodings that Go writes: others can be read in more than one way. */
function addSubject(requested: RequestedCertificate, { type, value }: AttributeTypeAndValue): void {
  const text = value.utf8String ?? value.printableString;
  if (text !== undefined && type === commonName) requested.commonNames.push(text);
  else if (text !== undefined && type === organization) requested.organizations.push(text);
  else requested.others.push(`subject attribute ${type} ${value.toString()}`);
}

function addExtensions(requested: RequestedCertificate, value: ArrayBuffer): void {
  for (const extension of AsnConvert.parse(value, Extensions)) {
    if (extension.extnID !== id_ce_subjectAltName) {
      requested.others.push(`extension ${extension.extnID}`);
      continue;
    }
    for (const name of AsnConvert.parse(extension.extnValue.buffer, SubjectAlternativeName)) {
      addName(requested, name);
    }
  }
}

function addName(requested: RequestedCertificate, name: GeneralName): void {
  if (name.dNSName !== undefined) requested.dnsNames.push(name.dNSName);
  else if (name.iPAddress !== undefined) requested.ipAddresses.push(name.iPAddress);
  else if (name.rfc822Name !== undefined) requested.others.push(`e-mail ${name.rfc822Name}`);
  else if (name.uniformResourceIdentifier !== undefined) {
    requested.others.push(`URI ${name.uniformResourceIdentifier}`);
  } else requested.others.push("a name that is neither DNS, IP, e-mail nor URI");
}
