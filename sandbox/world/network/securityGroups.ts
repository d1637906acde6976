import type { Caller } from "../identity";
import { formatCidr, parseCidr } from "../ipam";
import { found, Refusal } from "../refusal";
import { checkNetworkQuota } from "./quota";
import type { NetworkTables, SecurityGroup, SecurityGroupRule } from "./records";
import { canonicalProtocol, checkRule, ruleKey } from "./securityRules";

/** What a request may say about a rule. */
export interface RuleOptions {
  security_group_id: string;
  direction: "ingress" | "egress";
  ethertype?: "IPv4" | "IPv6" | undefined;
  protocol?: string | null | undefined;
  port_range_min?: number | null | undefined;
  port_range_max?: number | null | undefined;
  remote_ip_prefix?: string | null | undefined;
  remote_group_id?: string | null | undefined;
  description?: string | undefined;
}

/** Security groups and their rules; each project has a `default` one from its first use. */
export class SecurityGroups {
  constructor(private readonly tables: NetworkTables) {}

  /** The id of the project's `default` group. */
  defaultOf(projectId: string): string {
    const existing = [...this.tables.groups.values()].find(
      (group) => group.project_id === projectId && group.name === "default",
    );
    if (existing !== undefined) return existing.id;
    const group = this.#add(projectId, "default", "Default security group");
    for (const ethertype of ["IPv4", "IPv6"] as const) {
      const remote_group_id = group.id;
      this.#addRule(projectId, {
        security_group_id: group.id,
        direction: "ingress",
        ethertype,
        remote_group_id,
      });
    }
    return group.id;
  }

  create(who: Caller, name: string, description = ""): SecurityGroup {
    const { tables } = this;
    if (name === "default") {
      throw new Refusal(
        409,
        "Default security group already exists.",
        "SecurityGroupDefaultAlreadyExists",
      );
    }
    checkNetworkQuota(tables, "security_group", tables.groups.values(), who.projectId);
    return this.#add(who.projectId, name, description);
  }

  show(id: string, who: Caller): SecurityGroup {
    const group = this.tables.groups.get(id);
    const visible =
      group !== undefined && (who.isAdmin || group.project_id === who.projectId)
        ? group
        : undefined;
    return found(
      visible,
      () => new Refusal(404, `Security group ${id} does not exist`, "SecurityGroupNotFound"),
    );
  }

  delete(id: string, who: Caller): void {
    const group = this.show(id, who);
    const isUsed = [...this.tables.ports.values()].some((port) =>
      port.security_groups.includes(id),
    );
    if (isUsed) {
      throw new Refusal(409, `Security Group ${id} in use.`, "SecurityGroupInUse");
    }
    if (group.name === "default" && !who.isAdmin) {
      throw new Refusal(
        409,
        "Removing default security group is not allowed.",
        "SecurityGroupCannotRemoveDefault",
      );
    }
    this.tables.groups.delete(id);
    for (const rule of this.rulesOf(id)) this.tables.rules.delete(rule.id);
  }

  rulesOf(groupId: string): SecurityGroupRule[] {
    return [...this.tables.rules.values()].filter((rule) => rule.security_group_id === groupId);
  }

  createRule(who: Caller, options: RuleOptions): SecurityGroupRule {
    const group = this.show(options.security_group_id, who);
    checkRule(options);
    if (options.remote_group_id != null) this.show(options.remote_group_id, who);
    const { tables } = this;
    checkNetworkQuota(tables, "security_group_rule", tables.rules.values(), who.projectId);
    const wanted = ruleKey(options);
    const twin = this.rulesOf(group.id).find((rule) => ruleKey(rule) === wanted);
    if (twin !== undefined) {
      throw new Refusal(
        409,
        `Security group rule already exists. Rule id is ${twin.id}.`,
        "SecurityGroupRuleExists",
      );
    }
    return this.#addRule(group.project_id, options);
  }

  showRule(id: string, who: Caller): SecurityGroupRule {
    const rule = this.tables.rules.get(id);
    const visible =
      rule !== undefined && (who.isAdmin || rule.project_id === who.projectId) ? rule : undefined;
    return found(
      visible,
      () =>
        new Refusal(404, `Security group rule ${id} does not exist`, "SecurityGroupRuleNotFound"),
    );
  }

  deleteRule(id: string, who: Caller): void {
    this.showRule(id, who);
    this.tables.rules.delete(id);
  }

  #add(projectId: string, name: string, description: string): SecurityGroup {
    const group: SecurityGroup = {
      name,
      description,
      stateful: true,
      shared: false,
      tags: [],
      ...this.tables.stamp(projectId),
    };
    this.tables.groups.set(group.id, group);
    for (const ethertype of ["IPv4", "IPv6"] as const) {
      this.#addRule(projectId, { security_group_id: group.id, direction: "egress", ethertype });
    }
    return group;
  }

  #addRule(projectId: string, options: RuleOptions): SecurityGroupRule {
    const cidr = parseCidr(options.remote_ip_prefix ?? "");
    const rule: SecurityGroupRule = {
      security_group_id: options.security_group_id,
      ethertype: options.ethertype ?? "IPv4",
      direction: options.direction,
      protocol: canonicalProtocol(options),
      port_range_min: options.port_range_min ?? null,
      port_range_max: options.port_range_max ?? null,
      remote_ip_prefix: options.remote_ip_prefix ?? null,
      remote_address_group_id: null,
      normalized_cidr: cidr === undefined ? null : formatCidr(cidr),
      remote_group_id: options.remote_group_id ?? null,
      description: options.description ?? "",
      ...this.tables.stamp(projectId),
      revision_number: 0,
    };
    this.tables.rules.set(rule.id, rule);
    return rule;
  }
}
