import { PassThrough } from "node:stream";
import { dialInOrder } from "../../../openshift/ssh/dialInOrder";
import { SshConnectionError, SshRefusal } from "../../../openshift/ssh/errors";
import { parseAddress, type Address } from "../../../openshift/ssh/forward";

const [one, two, three] = ["one", "two", "three"].map((host) => ({ host, port: 6443 })) as [
  Address,
  Address,
  Address,
];

/** Dials addresses of which some fail. */
function dialer(failures: Map<string, Error>) {
  const dialled: string[] = [];
  const dial = dialInOrder([one, two, three], ({ host }) => {
    dialled.push(host);
    const failure = failures.get(host);
    return failure ? Promise.reject(failure) : Promise.resolve(new PassThrough());
  });
  return { dial, dialled };
}

test("the address that has last worked comes first, the others in their order after it", async () => {
  const failures = new Map([["one", new Error("no one")]]);
  const { dial, dialled } = dialer(failures);
  await dial();
  await dial();
  expect(dialled.splice(0)).toEqual(["one", "two", "two"]);
  failures.delete("one");
  failures.set("two", new Error("no two"));
  await dial();
  expect(dialled).toEqual(["two", "one"]);
});

test("when none works, all are told", async () => {
  const failures = new Map(["one", "two", "three"].map((name) => [name, new Error(`no ${name}`)]));
  await expect(dialer(failures).dial()).rejects.toEqual(
    new SshConnectionError("none of the API's addresses answers", "no one; no two; no three"),
  );
});

test("a refusal ends it: the other addresses are behind the same bastion", async () => {
  const refusal = new SshRefusal("bastion", "no");
  const { dial, dialled } = dialer(new Map([["one", refusal]]));
  await expect(dial()).rejects.toBe(refusal);
  expect(dialled).toEqual(["one"]);
});

test("a single address fails with its own error", async () => {
  const failure = new Error("no one");
  await expect(dialInOrder([one], () => Promise.reject(failure))()).rejects.toBe(failure);
});

test.each([
  ["api:6443", { host: "api", port: 6443 }],
  ["10.0.0.1:1", { host: "10.0.0.1", port: 1 }],
  ["[fe80::1]:6443", { host: "fe80::1", port: 6443 }],
  ["fe80::1:6443", undefined],
  ["api", undefined],
  [":6443", undefined],
  ["api:", undefined],
  ["api:65536", undefined],
  ["api:6443 ", undefined],
])("%j is %j", (text, address) => {
  expect(parseAddress(text)).toEqual(address);
});
