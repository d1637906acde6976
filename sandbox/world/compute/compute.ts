import { Attachments } from "./attachments";
import { Building } from "./building";
import type { ComputeContext } from "./context";
import { KeyPairs } from "./keypairs";
import { Power } from "./power";
import { Rebuilding } from "./rebuilding";
import { ServerGroups } from "./serverGroups";
import { Servers } from "./servers";
import { Snapshots } from "./snapshots";

/** Nova's whole content and its operations. */
export class Compute {
  readonly servers: Servers;
  readonly building: Building;
  readonly power: Power;
  readonly rebuilding: Rebuilding;
  readonly snapshots: Snapshots;
  readonly attachments: Attachments;
  readonly keyPairs: KeyPairs;
  readonly serverGroups: ServerGroups;

  constructor(context: ComputeContext) {
    this.servers = new Servers(context);
    this.serverGroups = new ServerGroups(context.ids, context.quotas);
    this.building = new Building(this.servers, context, this.serverGroups);
    this.power = new Power(this.servers, context);
    this.rebuilding = new Rebuilding(this.servers, this.power, context);
    this.snapshots = new Snapshots(this.servers, context);
    this.attachments = new Attachments(this.servers, context);
    this.keyPairs = new KeyPairs(context.clock);
  }
}
