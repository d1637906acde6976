import { isIPv6 } from "node:net";

/** What an address of IPv6 is more than its 128 bits: so they lie above those of IPv4. */
const ipv6Base = 1n << 128n;

/** A network as numbers. */
export interface Cidr {
  version: 4 | 6;
  first: bigint;
  last: bigint;
  prefix: number;
}

/** A range of addresses, both ends included. */
export interface AddressRange {
  start: string;
  end: string;
}

/** `192.168.32.10` or `fd00::1` → a number; undefined when it is no address. */
export function parseAddress(text: string): bigint | undefined {
  if (isIPv6(text)) return ipv6Base + groupsOf(text).reduce((sum, it) => (sum << 16n) + it, 0n);
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  if (!parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return undefined;
  return parts.reduce((sum, part) => (sum << 8n) + BigInt(part), 0n);
}

/** The eight groups of an address of IPv6. */
function groupsOf(text: string): bigint[] {
  const [head = "", tail] = text.split("::");
  const split = (part: string) => (part === "" ? [] : part.split(":"));
  const [left, right] = [split(head), split(tail ?? "")];
  const missing = tail === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array<string>(missing).fill("0"), ...right].map((it) => BigInt(`0x${it}`));
}

/** The inverse of {@link parseAddress}. */
export function formatAddress(value: bigint): string {
  if (value < ipv6Base) {
    return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join(".");
  }
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16),
  );
  // URLs write addresses in the canonical form.
  return new URL(`http://[${groups.join(":")}]/`).hostname.slice(1, -1);
}

/** `192.168.32.0/24` → its bounds; undefined when it is not a CIDR. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^([\d.a-f:]+)\/(\d{1,3})$/i.exec(text);
  const address = parseAddress(match?.[1] ?? "");
  if (match === null || address === undefined) return undefined;
  const prefix = Number(match[2]);
  const version = address < ipv6Base ? 4 : 6;
  const bits = version === 4 ? 32 : 128;
  if (prefix > bits) return undefined;
  const size = 1n << BigInt(bits - prefix);
  const first = (address / size) * size;
  return { version, first, last: first + size - 1n, prefix };
}

/** The canonical form: `10.0.0.7/24` → `10.0.0.0/24`. */
export function formatCidr({ first, prefix }: Cidr): string {
  return `${formatAddress(first)}/${prefix}`;
}

/** Whether two networks share an address. */
export function overlaps(a: Cidr, b: Cidr): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** Whether a host may have the address: inside, and neither network nor, in IPv4, broadcast. */
export function isHostAddress({ version, first, last, prefix }: Cidr, address: bigint): boolean {
  const isPair = prefix >= (version === 4 ? 31 : 127);
  if (isPair) return address >= first && address <= last;
  return address > first && (version === 4 ? address < last : address <= last);
}

/** Neutron's default pools: all host addresses but the gateway's. */
export function defaultPools(cidr: Cidr, gateway: string | null): AddressRange[] {
  const isHost = (address: bigint) => isHostAddress(cidr, address);
  const first = isHost(cidr.first) ? cidr.first : cidr.first + 1n;
  const last = isHost(cidr.last) ? cidr.last : cidr.last - 1n;
  const gate = gateway === null ? undefined : parseAddress(gateway);
  const ranges: [bigint, bigint][] =
    gate === undefined || gate < first || gate > last
      ? [[first, last]]
      : [
          [first, gate - 1n],
          [gate + 1n, last],
        ];
  return ranges.flatMap(([start, end]) =>
    start <= end ? [{ start: formatAddress(start), end: formatAddress(end) }] : [],
  );
}

/** Random numbers reach this far; a pool of IPv6 is larger. */
const maxOrigin = 2 ** 32 - 1;

/**
 * A free address of the pools, or undefined when there is none. Like Neutron it does not hand out
 * the lowest: an address is tried at random first, so that nobody comes to rely on the order.
 */
export function pickAddress(
  pools: readonly AddressRange[],
  isTaken: (address: string) => boolean,
  below: (limit: number) => number,
): string | undefined {
  const ranges = pools.map((pool) => {
    const start = parseAddress(pool.start) ?? 0n;
    return { start, size: (parseAddress(pool.end) ?? -1n) - start + 1n };
  });
  const total = ranges.reduce((sum, range) => sum + range.size, 0n);
  if (total <= 0n) return undefined;
  const origin = BigInt(below(total > maxOrigin ? maxOrigin : Number(total)));
  for (let step = 0n; step < total; step += 1n) {
    const address = formatAddress(nth(ranges, (origin + step) % total));
    if (!isTaken(address)) return address;
  }
  return undefined;
}

function nth(ranges: readonly { start: bigint; size: bigint }[], index: bigint): bigint {
  let rest = index;
  for (const range of ranges) {
    if (rest < range.size) return range.start + rest;
    rest -= range.size;
  }
  return 0n;
}

/** The address that a host gives itself in a network of 64 bits: EUI-64 of its MAC. */
export function eui64({ first }: Cidr, mac: string): string {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = mac
    .split(":")
    .map((part) => parseInt(part, 16));
  const bytes = [a ^ 2, b, c, 0xff, 0xfe, d, e, f];
  return formatAddress(first + bytes.reduce((sum, byte) => (sum << 8n) + BigInt(byte), 0n));
}
