import { BlockList, isIPv4 } from "node:net";

/** Whether one of the networks, in CIDR form, holds an address. */
export function isInside(cidrs: readonly string[], ip: string): boolean {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [address = "", length = "0"] = cidr.split("/");
    list.addSubnet(address, Number(length), isIPv4(address) ? "ipv4" : "ipv6");
  }
  return list.check(ip, isIPv4(ip) ? "ipv4" : "ipv6");
}
