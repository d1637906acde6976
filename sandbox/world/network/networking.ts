import type { Ids } from "../ids";
import type { WorldClock } from "../worldClock";
import { FloatingIps } from "./floatingIps";
import { Networks } from "./networks";
import { Ports } from "./ports";
import { NetworkTables } from "./records";
import { Routers } from "./routers";
import { SecurityGroups } from "./securityGroups";
import { Trunks } from "./trunks";

/** Neutron's whole content and its operations. */
export class Networking {
  readonly tables: NetworkTables;
  readonly networks: Networks;
  readonly groups: SecurityGroups;
  readonly ports: Ports;
  readonly routers: Routers;
  readonly floatingIps: FloatingIps;
  readonly trunks: Trunks;

  constructor(clock: WorldClock, ids: Ids, quotas: Readonly<Record<string, number>>) {
    this.tables = new NetworkTables(clock, ids, quotas);
    this.networks = new Networks(this.tables);
    this.groups = new SecurityGroups(this.tables);
    this.ports = new Ports(this.tables, (projectId) => this.groups.defaultOf(projectId));
    this.routers = new Routers(this.tables, this.networks, this.ports);
    this.floatingIps = new FloatingIps(this.tables, this.networks, this.ports, this.routers);
    this.trunks = new Trunks(this.tables, this.ports);
  }
}
