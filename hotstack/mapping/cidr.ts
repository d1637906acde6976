import { isIPv4, isIPv6 } from "node:net";

/** The first address that a host can have in a network; undefined for what is no network. */
export function firstAddress(cidr: string): string | undefined {
  const [address = "", length = ""] = cidr.split("/");
  const bits = isIPv4(address) ? 32 : 128;
  if ((!isIPv4(address) && !isIPv6(address)) || !/^\d+$/.test(length)) return undefined;
  const host = BigInt(Math.max(bits - Number(length), 0));
  const network = (toNumber(address) >> host) << host;
  return bits === 32 ? toIpv4(network + 1n) : toIpv6(network + 1n);
}

function toNumber(address: string): bigint {
  if (isIPv4(address)) {
    return address.split(".").reduce((sum, part) => (sum << 8n) + BigInt(part), 0n);
  }
  return groupsOf(address).reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
}

function groupsOf(address: string): string[] {
  const [head = "", tail] = address.split("::");
  const split = (text: string) => (text === "" ? [] : text.split(":"));
  if (tail === undefined) return split(head);
  const [left, right] = [split(head), split(tail)];
  return [...left, ...Array<string>(8 - left.length - right.length).fill("0"), ...right];
}

function toIpv4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join(".");
}

/** As RFC 5952 writes it. */
function toIpv6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16),
  );
  return new URL(`http://[${groups.join(":")}]/`).hostname.slice(1, -1);
}
