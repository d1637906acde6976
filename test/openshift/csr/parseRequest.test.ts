import { parseRequest } from "../../../openshift/csr/parseRequest";
import { client, curious, pem, serving, twoNames } from "./opensslRequests";

const subject = { commonNames: ["system:node:worker-0"], organizations: ["system:nodes"] };

test("reads openssl's requests", () => {
  const none = { dnsNames: [], ipAddresses: [], others: [] };
  expect(parseRequest(btoa(client))).toEqual({ ...subject, ...none });
  const ipAddresses = ["192.168.32.20", "fd00::20"];
  expect(parseRequest(btoa(serving))).toEqual({
    ...subject,
    dnsNames: ["worker-0"],
    ipAddresses,
    others: [],
  });
});

test("says what a kubelet never asks for", () => {
  expect(parseRequest(btoa(curious)).others).toEqual([
    "e-mail a@b.example",
    "URI spiffe://x",
    "extension 2.5.29.19",
  ]);
});

test("reads every common name, not one of several", () => {
  expect(parseRequest(btoa(twoNames)).commonNames).toEqual([
    "system:node:worker-0",
    "system:admin",
  ]);
});

test("takes one PEM block of the right type and nothing else", () => {
  const message = "it is not one PEM block of type CERTIFICATE REQUEST";
  const other = client.replaceAll("CERTIFICATE REQUEST", "CERTIFICATE");
  for (const text of ["", "hello", client + serving, other]) {
    expect(() => parseRequest(btoa(text))).toThrow(message);
  }
  expect(() => parseRequest(btoa(pem("AAAA\n")))).toThrow();
});
