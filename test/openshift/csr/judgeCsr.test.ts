import { judgeCsr, type CsrFacts } from "../../../openshift/csr/judgeCsr";
import type { CertificateSigningRequest } from "../../../openshift/api/types";
import { curious, twoNames } from "./opensslRequests";
import { bootstrapper, clientCsr, nodeAt, servingCsr, type Difference } from "./requests";

const ip = "192.168.32.20";
const facts: CsrFacts = {
  nodes: [nodeAt("worker-0", ip, "fd00::20"), nodeAt("worker-1", "192.168.32.21"), nodeAt("guest")],
  names: ["worker-0", "worker-1", "gone"],
  isUp: () => false,
};
const judge = (csr: CertificateSigningRequest, changes: Partial<CsrFacts> = {}) => {
  const judgement = judgeCsr(csr, { ...facts, ...changes });
  return judgement.approve ? "approved" : judgement.reasons;
};
const client = (difference: Difference = {}) => judge(clientCsr("worker-0", difference));
const serving = (difference: Difference = {}) => judge(servingCsr("worker-0", ip, difference));

describe("a kubelet gets", () => {
  test("a client certificate by the bootstrapper", () => {
    expect(client()).toBe("approved");
  });

  test("a client certificate by the bootstrap kubeconfig of the first master", () => {
    const groups = [
      "system:serviceaccounts:openshift-machine-config-operator",
      "system:authenticated",
    ];
    expect(client({ spec: { groups } })).toBe("approved");
  });

  test("a client certificate by itself, though it is up", () => {
    const spec = {
      username: "system:node:worker-0",
      groups: ["system:authenticated", "system:nodes"],
    };
    expect(judge(clientCsr("worker-0", { spec }), { isUp: () => true })).toBe("approved");
  });

  test("a serving certificate", () => {
    expect(serving()).toBe("approved");
  });

  test("key encipherment too, as for RSA keys", () => {
    const usages = ["key encipherment", "digital signature"];
    expect(client({ spec: { usages: [...usages, "client auth"] } })).toBe("approved");
    expect(serving({ spec: { usages: [...usages, "server auth"] } })).toBe("approved");
  });

  test("its names and addresses in any notation", () => {
    expect(serving({ asks: { dnsNames: ["WORKER-0."], ipAddresses: ["fd00:0:0::20"] } })).toBe(
      "approved",
    );
    expect(serving({ asks: { dnsNames: [] } })).toBe("approved");
    expect(serving({ asks: { ipAddresses: [] } })).toBe("approved");
  });
});

describe("nobody gets", () => {
  test("another signer's certificate", () => {
    const signerName = "kubernetes.io/kube-apiserver-client";
    expect(client({ spec: { signerName } })).toEqual([
      "signer kubernetes.io/kube-apiserver-client is not one of the kubelets'",
    ]);
    expect(client({ spec: { signerName: "constructor" } })).toEqual([
      "signer constructor is not one of the kubelets'",
    ]);
  });

  test("a name that is no node's", () => {
    const admin = { asks: { commonName: "system:admin" } };
    expect(client(admin)).toEqual(["CN is system:admin, not system:node:NAME"]);
    expect(client({ asks: { commonName: "system:node:" } })).toEqual([
      "CN is system:node:, not system:node:NAME",
    ]);
    expect(serving(admin)).toEqual([
      "CN is system:admin, not system:node:NAME",
      "requested by system:node:worker-0, not by the node itself",
    ]);
  });

  test("other organizations", () => {
    for (const organizations of [["system:masters"], ["system:nodes", "system:masters"], []]) {
      const seen = organizations.join(" and ") || "missing";
      expect(client({ asks: { organizations } })).toEqual([
        `O is ${seen}, not exactly system:nodes`,
      ]);
    }
  });

  test("other usages, or fewer", () => {
    expect(
      client({ spec: { usages: ["digital signature", "client auth", "server auth"] } }),
    ).toEqual(["usages include server auth"]);
    expect(serving({ spec: { usages: ["server auth", "cert sign"] } })).toEqual([
      "usages lack digital signature",
      "usages include cert sign",
    ]);
    expect(serving({ spec: { usages: [] } })).toEqual([
      "usages lack digital signature, server auth",
    ]);
  });

  test("a certificate of a node outside of the set, or without a Node", () => {
    expect(judge(clientCsr("guest"))).toEqual(["guest is not a node of the set"]);
    expect(judge(clientCsr("gone"))).toEqual(["there is no Node gone"]);
    expect(judge(servingCsr("gone", ip))).toEqual(["there is no Node gone"]);
  });

  test("what is decided already", () => {
    const conditions = [{ type: "Denied", status: "True" }];
    expect(client({ status: { conditions } })).toEqual(["is not pending: Denied"]);
    expect(client({ status: { certificate: "LS0t" } })).toEqual([
      "is not pending: has a certificate",
    ]);
  });

  test("a second name beside the node's", () => {
    expect(client({ spec: { request: btoa(twoNames) } })).toEqual([
      "CN is system:node:worker-0 and system:admin, not system:node:NAME",
    ]);
  });

  test("what a kubelet never asks for", () => {
    expect(client({ spec: { request: btoa(curious) } })).toEqual([
      "asks for e-mail a@b.example",
      "asks for URI spiffe://x",
      "asks for extension 2.5.29.19",
    ]);
  });

  test("anything for what cannot be read", () => {
    expect(client({ spec: { request: btoa("-----BEGIN CERTIFICATE-----") } })).toEqual([
      "the request cannot be read: it is not one PEM block of type CERTIFICATE REQUEST",
    ]);
  });
});

describe("a client certificate", () => {
  test("is for the bootstrapper and the node itself to ask for", () => {
    for (const username of ["system:admin", "system:node:worker-1", ""]) {
      expect(client({ spec: { username } })).toEqual([
        `requested by ${username || "nobody"}, not by the node itself or the node bootstrapper`,
      ]);
    }
  });

  test("is for the bootstrapper with its own groups alone", () => {
    const needed = "system:serviceaccounts:openshift-machine-config-operator";
    expect(client({ spec: { groups: ["system:authenticated"] } })).toEqual([
      `the requester is not in ${needed}`,
    ]);
    const groups = [needed, "system:authenticated", "system:masters"];
    expect(client({ spec: { groups } })).toEqual(["the requester is also in system:masters"]);
  });

  test("is not for a node that is up, by the bootstrapper", () => {
    expect(judge(clientCsr("worker-0"), { isUp: () => true })).toEqual([
      "worker-0 is up, so it needs no new credential from the bootstrapper",
    ]);
  });

  test("holds no names", () => {
    expect(client({ asks: { dnsNames: ["worker-0"], ipAddresses: [ip] } })).toEqual([
      `a client certificate has no names, this asks for worker-0 and ${ip}`,
    ]);
  });
});

describe("a serving certificate", () => {
  test("is for the node itself to ask for, not for the bootstrapper or another node", () => {
    for (const username of [bootstrapper, "system:node:worker-1", "system:admin"]) {
      expect(serving({ spec: { username } })).toEqual([
        `requested by ${username}, not by the node itself`,
      ]);
    }
  });

  test("holds the node's names and addresses alone", () => {
    const asks = { dnsNames: ["worker-0", "api.example"], ipAddresses: [ip, "192.168.32.21"] };
    expect(serving({ asks })).toEqual([
      "api.example is neither a name nor an address of Node worker-0",
      "192.168.32.21 is neither a name nor an address of Node worker-0",
    ]);
    expect(serving({ asks: { dnsNames: [ip] } })).toEqual([
      `${ip} is neither a name nor an address of Node worker-0`,
    ]);
    expect(serving({ asks: { dnsNames: [], ipAddresses: [] } })).toEqual([
      "asks for no name and no address",
    ]);
  });
});

test("every reason is told at once", () => {
  const spec = { username: "system:admin", usages: ["digital signature", "any"] };
  const asks = { commonName: "admin", organizations: ["system:masters"] };
  expect(client({ spec, asks })).toEqual([
    "CN is admin, not system:node:NAME",
    "O is system:masters, not exactly system:nodes",
    "requested by system:admin, not by the node itself or the node bootstrapper",
    "usages lack client auth",
    "usages include any",
  ]);
});
