/** An IPv4 network as numbers. */
export interface Cidr {
  first: number;
  last: number;
  prefix: number;
}

/** A range of addresses, both ends included. */
export interface AddressRange {
  start: string;
  end: string;
}

/** `192.168.32.10` → a number; undefined when it is not an IPv4 address. */
export function parseAddress(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return value;
}

/** The inverse of {@link parseAddress}. */
export function formatAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

/** `192.168.32.0/24` → its bounds; undefined when it is not a CIDR. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^([\d.]+)\/(\d{1,2})$/.exec(text);
  const address = parseAddress(match?.[1] ?? "");
  const prefix = Number(match?.[2]);
  if (match === null || address === undefined || prefix > 32) return undefined;
  const size = 2 ** (32 - prefix);
  const first = Math.floor(address / size) * size;
  return { first, last: first + size - 1, prefix };
}

/** The canonical form: `10.0.0.7/24` → `10.0.0.0/24`. */
export function formatCidr({ first, prefix }: Cidr): string {
  return `${formatAddress(first)}/${prefix}`;
}

/** Whether two networks share an address. */
export function overlaps(a: Cidr, b: Cidr): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** Whether a host may have the address: inside, and neither network nor broadcast. */
export function isHostAddress(cidr: Cidr, address: number): boolean {
  if (cidr.prefix >= 31) return address >= cidr.first && address <= cidr.last;
  return address > cidr.first && address < cidr.last;
}

/** Neutron's default pools: all host addresses but the gateway's. */
export function defaultPools(cidr: Cidr, gateway: string | null): AddressRange[] {
  const inner = cidr.prefix >= 31 ? 0 : 1;
  const first = cidr.first + inner;
  const last = cidr.last - inner;
  const gate = gateway === null ? undefined : parseAddress(gateway);
  const ranges =
    gate === undefined || gate < first || gate > last
      ? [[first, last]]
      : [
          [first, gate - 1],
          [gate + 1, last],
        ];
  return ranges.flatMap(([start = 0, end = 0]) =>
    start <= end ? [{ start: formatAddress(start), end: formatAddress(end) }] : [],
  );
}

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
    const start = parseAddress(pool.start) ?? 0;
    return { start, size: (parseAddress(pool.end) ?? -1) - start + 1 };
  });
  const total = ranges.reduce((sum, range) => sum + range.size, 0);
  if (total <= 0) return undefined;
  const origin = below(total);
  for (let step = 0; step < total; step += 1) {
    const address = formatAddress(nth(ranges, (origin + step) % total));
    if (!isTaken(address)) return address;
  }
  return undefined;
}

function nth(ranges: readonly { start: number; size: number }[], index: number): number {
  let rest = index;
  for (const range of ranges) {
    if (rest < range.size) return range.start + rest;
    rest -= range.size;
  }
  return 0;
}
