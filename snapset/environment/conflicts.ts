import { portsOf, rootVolumeName, type Environment, type EnvironmentNode } from "./environment";
import { ruleKey, ruleProblems } from "./securityRules";
import { isInside } from "./subnets";

/** A thing with a name at a key: `nodes[2].ports[0].mac` is `fa:16:…`. */
interface Named {
  key: string;
  value: string;
}

/**
 * What the schema alone cannot see: names, MACs and addresses given twice, references to what is
 * not declared, addresses outside their network. One sentence for each, by key.
 */
export function findConflicts(environment: Environment): string[] {
  return [
    ...duplicateNames(environment),
    ...unknownReferences(environment),
    ...duplicateAddresses(environment),
    ...addressesOutsideNetworks(environment),
    ...nodeProblems(environment),
    ...vlanProblems(environment),
    ...securityProblems(environment),
    ...interfaceProblems(environment),
    ...addressesUnwanted(environment),
  ];
}

/** Neutron refuses a rule that a group has already, too. */
function securityProblems({ securityGroups }: Environment): string[] {
  return (securityGroups ?? []).flatMap(({ rules }, g) => {
    const placed = rules.map((rule, r) => ({ key: `securityGroups[${g}].rules[${r}]`, rule }));
    return [
      ...duplicates(placed.map(({ key, rule }) => ({ key, value: ruleKey(rule) }))),
      ...placed.flatMap(({ key, rule }) => ruleProblems(rule).map((it) => `${key}.${it}`)),
    ];
  });
}

/** A router has one interface in a subnet. */
function interfaceProblems({ routers }: Environment): string[] {
  return routers.flatMap(({ subnets, interfaces }, r) =>
    duplicates([
      ...subnets.map((value, s) => ({ key: `routers[${r}].subnets[${s}]`, value })),
      ...(interfaces ?? []).map(({ subnet }, i) => ({
        key: `routers[${r}].interfaces[${i}].subnet`,
        value: subnet,
      })),
    ]),
  );
}

function addressesUnwanted(environment: Environment): string[] {
  return portsOf(environment).flatMap(({ key, port }) =>
    port.noFixedIps === true && port.fixedIps.length > 0
      ? [`${key}.fixedIps: noFixedIps is true; take one of them away`]
      : [],
  );
}

/** A VLAN's tag stands for one port of a trunk. */
function vlanProblems(environment: Environment): string[] {
  return portsOf(environment).flatMap(({ key, port }) =>
    "trunk" in port
      ? duplicates(
          (port.trunk?.subports ?? []).map(({ vlanId }, s) => ({
            key: `${key}.trunk.subports[${s}].vlanId`,
            value: String(vlanId),
          })),
        )
      : [],
  );
}

function duplicateNames(environment: Environment): string[] {
  const { networks, routers, securityGroups, serverGroups, nodes, bareMetal } = environment;
  const names = (kind: string, items: { name: string }[]): Named[] =>
    items.map((item, i) => ({ key: `${kind}[${i}].name`, value: item.name }));
  return [
    ...duplicates(names("networks", networks)),
    ...duplicates(
      networks.flatMap((network, n) =>
        network.subnets.map((subnet, s) => ({
          key: `networks[${n}].subnets[${s}].name`,
          value: subnet.name,
        })),
      ),
    ),
    ...duplicates(names("routers", routers)),
    ...duplicates(names("securityGroups", securityGroups ?? [])),
    ...duplicates(names("serverGroups", serverGroups ?? [])),
    // What is captured of them has one list of names.
    ...duplicates([...names("nodes", nodes), ...names("bareMetal", bareMetal ?? [])]),
    ...duplicates(
      (bareMetal ?? []).map(({ node }, m) => ({ key: `bareMetal[${m}].node`, value: node })),
    ),
    ...nodes.flatMap((node, i) => duplicates(volumeNames(node, `nodes[${i}]`))),
  ];
}

/** Names of volumes are unique in their node; the one that it boots from has a name, too. */
function volumeNames({ name, rootVolume, volumes }: EnvironmentNode, key: string): Named[] {
  return [
    ...(rootVolume === undefined
      ? []
      : [{ key: `${key}.rootVolume`, value: rootVolumeName(name) }]),
    ...volumes.map((volume, v) => ({ key: `${key}.volumes[${v}].name`, value: volume.name })),
  ];
}

function duplicates(items: Named[]): string[] {
  const first = new Map<string, string>();
  return items.flatMap(({ key, value }) => {
    const earlier = first.get(value);
    if (earlier !== undefined) return [`${key}: ${value} stands at ${earlier} already`];
    first.set(value, key);
    return [];
  });
}

function unknownReferences(environment: Environment): string[] {
  const networks = environment.networks.map((network) => network.name);
  const subnets = environment.networks.flatMap((network) => network.subnets.map((s) => s.name));
  const serverGroups = (environment.serverGroups ?? []).map((group) => group.name);
  const known = (key: string, kind: string, name: string, names: string[]): string[] =>
    names.includes(name)
      ? []
      : [`${key}: there is no ${kind} ${name}; there is ${names.join(", ") || "none"}`];
  return [
    ...environment.routers.flatMap((router, r) => [
      ...router.subnets.flatMap((name, s) =>
        known(`routers[${r}].subnets[${s}]`, "subnet", name, subnets),
      ),
      ...(router.interfaces ?? []).flatMap(({ subnet }, i) =>
        known(`routers[${r}].interfaces[${i}].subnet`, "subnet", subnet, subnets),
      ),
    ]),
    ...environment.nodes.flatMap(({ serverGroup }, n) =>
      serverGroup === undefined
        ? []
        : known(`nodes[${n}].serverGroup`, "server group", serverGroup, serverGroups),
    ),
    ...portsOf(environment).flatMap(({ key, port }) => [
      ...known(`${key}.network`, "network", port.network, networks),
      ...port.fixedIps.flatMap((fixed, f) =>
        fixed.subnet === undefined
          ? []
          : known(
              `${key}.fixedIps[${f}].subnet`,
              "subnet",
              fixed.subnet,
              environment.networks
                .filter((network) => network.name === port.network)
                .flatMap((network) => network.subnets.map((s) => s.name)),
            ),
      ),
    ]),
  ];
}

/** Neutron keeps MACs and addresses unique in a network, not beyond it. */
function duplicateAddresses(environment: Environment): string[] {
  return environment.networks.flatMap(({ name }) => {
    const ports = portsOf(environment).filter(({ port }) => port.network === name);
    return [
      ...duplicates(
        ports.flatMap(({ port, key }) =>
          port.mac === undefined ? [] : [{ key: `${key}.mac`, value: port.mac }],
        ),
      ),
      ...duplicates(
        ports.flatMap(({ port, key }) =>
          port.fixedIps.flatMap(({ ip }, f) =>
            ip === undefined ? [] : [{ key: `${key}.fixedIps[${f}].ip`, value: ip }],
          ),
        ),
      ),
    ];
  });
}

function addressesOutsideNetworks(environment: Environment): string[] {
  return portsOf(environment).flatMap(({ key, port }) => {
    const network = environment.networks.find(({ name }) => name === port.network);
    const cidrs = network?.subnets.map((subnet) => subnet.cidr) ?? [];
    return port.fixedIps.flatMap(({ ip }, f) =>
      ip === undefined || cidrs.length === 0 || isInside(cidrs, ip)
        ? []
        : [`${key}.fixedIps[${f}].ip: ${ip} is outside ${port.network} (${cidrs.join(", ")})`],
    );
  });
}

function nodeProblems(environment: Environment): string[] {
  const controllers = environment.nodes.filter((node) => node.role === "controller");
  return [
    ...(controllers.length > 1
      ? [`nodes: at most one controller, got ${controllers.map((c) => c.name).join(", ")}`]
      : []),
    ...environment.nodes.flatMap((node, n) =>
      node.userData !== undefined && node.userDataFile !== undefined
        ? [`nodes[${n}].userDataFile: userData is given already`]
        : [],
    ),
  ];
}
