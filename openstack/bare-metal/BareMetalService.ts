import type { ServiceClient } from "../http/ServiceClient";
import { isAtLeast, microversionHeader, snapshotMicroversion } from "./microversions";
import {
  bareMetalNodeSchema,
  bareMetalPortSchema,
  bareMetalStatesSchema,
  bareMetalVersionSchema,
  type BareMetalNode,
  type BareMetalNodeQuery,
  type BareMetalPatch,
  type BareMetalPort,
  type BareMetalPortQuery,
  type BareMetalStates,
  type BareMetalVersions,
  type PowerRequest,
  type ProvisionRequest,
} from "./types";
import { urls } from "./urls";

const asOfSnapshots = { [microversionHeader]: snapshotMicroversion };

/** Ironic. */
export class BareMetalService {
  private versions: Promise<BareMetalVersions> | undefined;

  constructor(private readonly client: ServiceClient) {}

  /** The oldest and the newest microversion that it speaks; asked once. */
  showVersions(): Promise<BareMetalVersions> {
    this.versions ??= this.askVersions().catch((error: unknown) => {
      // A failure is not kept: the next caller asks again.
      this.versions = undefined;
      throw error;
    });
    return this.versions;
  }

  /** Whether this Ironic says that it knows the verb `snapshot`. */
  async offersSnapshots(): Promise<boolean> {
    return isAtLeast((await this.showVersions()).max, snapshotMicroversion);
  }

  /**
   * The nodes that the project can see, all pages of them: its own, those that it leases, and for an
   * administrator everybody's. Where snapshots are offered each says what makes them.
   */
  async listNodes(query: BareMetalNodeQuery = {}): Promise<BareMetalNode[]> {
    const listing = { key: "nodes", item: bareMetalNodeSchema, headers: await this.newest() };
    return this.client.list("listNodes", urls.nodesDetail, { ...query }, listing);
  }

  /** @param ident uuid or name @throws {ApiError} 404 when there is none that the project can see */
  async showNode(ident: string): Promise<BareMetalNode> {
    const headers = await this.newest();
    return this.client.ask(
      { action: "showNode", method: "GET", path: urls.node(ident), headers },
      bareMetalNodeSchema,
    );
  }

  /** @param ident uuid or name */
  showStates(ident: string): Promise<BareMetalStates> {
    return this.client.ask(
      { action: "showStates", method: "GET", path: urls.states(ident) },
      bareMetalStatesSchema,
    );
  }

  listPorts(query: BareMetalPortQuery = {}): Promise<BareMetalPort[]> {
    const listing = { key: "ports", item: bareMetalPortSchema };
    return this.client.list("listPorts", urls.portsDetail, { ...query }, listing);
  }

  /**
   * Asks for another provision state; the node says how far it is. Not sent again when its answer
   * gets lost: the state may have been left again by then.
   *
   * @param ident uuid or name
   * @throws {ApiError} 400 when it is not possible from the node's state, or in maintenance; 409 when
   * a conductor works on it; 406 for a verb that this Ironic does not offer
   */
  async setProvisionState(ident: string, request: ProvisionRequest): Promise<void> {
    await this.client.send({
      action: `setProvisionState ${request.target}`,
      method: "PUT",
      path: urls.provision(ident),
      body: request,
      isIdempotent: false,
      headers: request.target === "snapshot" ? asOfSnapshots : {},
    });
  }

  /**
   * Asks for another power state; the node says when it has it.
   *
   * @param ident uuid or name
   * @throws {ApiError} 409 when a conductor works on it
   */
  async setPowerState(ident: string, request: PowerRequest): Promise<void> {
    await this.client.send({
      action: `setPowerState ${request.target}`,
      method: "PUT",
      path: urls.power(ident),
      body: request,
      // Off once more is off; a second reboot is a second reboot.
      isIdempotent: request.target !== "rebooting",
    });
  }

  /**
   * Changes a node in one step; an `add` to what exists replaces it.
   *
   * @param ident uuid or name
   * @returns the node as it is then
   * @throws {ApiError} 409 when a conductor works on it, or its state allows no changes
   */
  updateNode(ident: string, patch: readonly BareMetalPatch[]): Promise<BareMetalNode> {
    return this.client.ask(
      {
        action: "updateNode",
        method: "PATCH",
        path: urls.node(ident),
        body: patch,
        isIdempotent: patch.every(({ op }) => op !== "remove"),
      },
      bareMetalNodeSchema,
    );
  }

  private async askVersions(): Promise<BareMetalVersions> {
    const call = { action: "showVersions", method: "GET", path: urls.root } as const;
    const { version } = await this.client.ask(call, bareMetalVersionSchema);
    return { min: version.min_version, max: version.version };
  }

  /** An older one does not show what makes a node's snapshots. */
  private async newest(): Promise<Record<string, string>> {
    return (await this.offersSnapshots()) ? asOfSnapshots : {};
  }
}
