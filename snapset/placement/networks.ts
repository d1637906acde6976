import { normalizeMac } from "../mac";
import { isInside } from "../environment/subnets";
import type { CloudView, NetworkView, PortView } from "./cloudView";
import type { Lookup } from "./lookups";
import { ambiguous, missing } from "./missing";
import type { ExistingNetworkNeed, Needs } from "./needs";
import type { FoundNetwork } from "./places";

/** What became of the networks that are needed. */
export interface NetworkFindings {
  /** By name. */
  found: Record<string, FoundNetwork>;
  problems: string[];
  warnings: string[];
}

/** Finds the external and the existing networks, and room there for the environment's ports. */
export function findNetworks(
  { externalNetworks, existingNetworks }: Pick<Needs, "externalNetworks" | "existingNetworks">,
  view: CloudView,
): NetworkFindings {
  const findings: NetworkFindings = { found: {}, problems: [], warnings: [] };
  const external = view.networks.filter((it) => it["router:external"] === true);
  for (const need of externalNetworks) {
    const kind = { noun: "external network", mapKey: "networks" } as const;
    const network = only(need, external, findings, () =>
      missing(
        need,
        kind,
        external.map((it) => it.name),
      ),
    );
    if (network !== undefined) findings.found[need.name] = foundOf(network, [], view);
  }
  for (const need of existingNetworks) {
    const kind = { noun: "network", mapKey: "networks" } as const;
    const network = only(need, usable(view), findings, () =>
      missing(
        need,
        kind,
        view.networks.map((it) => it.name),
      ),
    );
    if (network === undefined) continue;
    findings.found[need.name] = foundOf(network, need.cidrs, view);
    findings.problems.push(...roomProblems(need, network, view));
    findings.warnings.push(...rightsWarnings(need, network, view));
  }
  return findings;
}

/** An administrator sees those of all projects; what is ours or meant for us goes before. */
function usable({ networks, projectId }: CloudView): NetworkView[] {
  const isUsable = (it: NetworkView) =>
    it.project_id === projectId || it.shared || it["router:external"] === true;
  const own = networks.filter(isUsable);
  const names = new Set(own.map(({ name }) => name));
  return [...own, ...networks.filter((it) => !isUsable(it) && !names.has(it.name))];
}

function only(
  need: Lookup,
  networks: readonly NetworkView[],
  { problems }: NetworkFindings,
  whenMissing: () => string,
): NetworkView | undefined {
  const candidates = networks.filter(({ name }) => name === need.name);
  if (candidates.length === 1) return candidates[0];
  problems.push(candidates.length === 0 ? whenMissing() : ambiguous(need, "networks", candidates));
  return undefined;
}

function foundOf(
  { id, mtu }: NetworkView,
  cidrs: readonly string[],
  { subnets }: CloudView,
): FoundNetwork {
  const own = subnets.filter((it) => it.network_id === id);
  return {
    id,
    mtu: mtu ?? null,
    subnets: Object.fromEntries(
      cidrs.flatMap((cidr) => {
        const subnet = own.find((it) => it.cidr === cidr);
        return subnet === undefined ? [] : [[cidr, subnet.id] as const];
      }),
    ),
  };
}

function roomProblems(
  { name, cidrs, ports }: ExistingNetworkNeed,
  { id }: NetworkView,
  view: CloudView,
): string[] {
  const there = view.subnets.filter((it) => it.network_id === id).map(({ cidr }) => cidr);
  const others = view.ports.filter((it) => it.network_id === id);
  return [
    ...cidrs
      .filter((cidr) => !there.includes(cidr))
      .map((cidr) => `network ${name} has no subnet ${cidr}; it has ${there.join(", ") || "none"}`),
    ...ports.flatMap((port) => [
      ...holders(
        others,
        (it) => port.mac !== null && normalizeMac(it.mac_address) === port.mac,
      ).map(
        (holder) =>
          `port ${port.name}: MAC ${port.mac ?? ""} is in use in network ${name} by ${holder}; ` +
          "remove that, or let ports have new ones with snapset:mac clear",
      ),
      ...port.ips.flatMap((ip) => addressProblems(ip, port.name, name, there, others)),
    ]),
  ];
}

function addressProblems(
  ip: string,
  port: string,
  network: string,
  cidrs: readonly string[],
  others: readonly PortView[],
): string[] {
  const way = "let ports have any address with snapset:ip pool";
  if (!isInside(cidrs, ip)) {
    return [`port ${port}: ${ip} is in no subnet of network ${network}; ${way}`];
  }
  return holders(others, (it) => it.fixed_ips.some((fixed) => fixed.ip_address === ip)).map(
    (holder) =>
      `port ${port}: address ${ip} is in use in network ${network} by ${holder}; remove that, or ${way}`,
  );
}

function holders(ports: readonly PortView[], isHolder: (port: PortView) => boolean): string[] {
  return ports
    .filter(isHolder)
    .map(({ id, name }) => `port ${name === "" ? id : `${name} (${id})`}`);
}

/** Neutron's policies `create_port:mac_address` and `create_port:fixed_ips:ip_address`. */
function rightsWarnings(
  { name, ports }: ExistingNetworkNeed,
  network: NetworkView,
  { projectId, isAdmin }: CloudView,
): string[] {
  const isChosen = ports.some(({ mac, ips }) => mac !== null || ips.length > 0);
  if (!isChosen || isAdmin || network.project_id === projectId) return [];
  return [
    `network ${name} belongs to another project: most clouds let its owner alone choose MACs and addresses there ` +
      "(snapset:mac clear, snapset:ip pool do without)",
  ];
}
