import type { Guest } from "../guest";
import type { Caller } from "../identity";
import { found, Refusal } from "../refusal";
import type { ComputeContext } from "./context";
import type { Flavor, Server, VmState } from "./records";

/** How long Nova takes to delete, in modelled milliseconds. */
const deleteMs = 1_500;

/** The store of servers, with the rules that all actions share. */
export class Servers {
  readonly flavors: Flavor[] = [];
  readonly #servers = new Map<string, Server>();
  /** Nova's database keeps them: what was done with them can be asked from 2.21 on. */
  readonly #gone = new Map<string, Server>();

  constructor(readonly context: ComputeContext) {
    // A guest that shuts itself down reaches Nova by a libvirt event; stops that Nova asked for have a task.
    context.guests.onEvent((event) => {
      if (event.type !== "stopped") return;
      const server = this.#servers.get(event.guest.serverId);
      if (server !== undefined) this.noticePowerOff(server);
    });
  }

  /** Takes note of a guest that is off though nobody asked Nova to stop it; not while a task runs. */
  noticePowerOff(server: Server): void {
    if (server.vmState !== "active" || server.taskState !== null) return;
    if (this.guest(server)?.state !== "off") return;
    this.setState(server, "stopped", null);
    this.setPortStatus(server, "DOWN");
  }

  all(): Server[] {
    return [...this.#servers.values()];
  }

  get(id: string): Server | undefined {
    return this.#servers.get(id);
  }

  add(server: Server): void {
    this.#servers.set(server.id, server);
  }

  /** @throws {Refusal} 404 also for one that exists but is not `who`'s */
  show(id: string, who: Caller): Server {
    const server = this.#servers.get(id);
    const visible =
      server !== undefined && (who.isAdmin || server.projectId === who.projectId)
        ? server
        : undefined;
    return found(visible, () => new Refusal(404, `Instance ${id} could not be found.`));
  }

  guest(server: Server): Guest | undefined {
    return this.context.guests.get(server.id);
  }

  flavor(id: string): Flavor {
    return found(
      this.flavors.find((flavor) => flavor.id === id),
      () => new Refusal(404, `Flavor ${id} could not be found.`),
    );
  }

  setState(server: Server, vmState: VmState, taskState: string | null): void {
    server.vmState = vmState;
    this.setTask(server, taskState);
  }

  setTask(server: Server, taskState: string | null): void {
    server.taskState = taskState;
    this.touch(server);
  }

  touch(server: Server): void {
    server.updatedAt = this.context.clock.now();
  }

  setPortStatus(server: Server, status: "ACTIVE" | "DOWN"): void {
    const { tables } = this.context.networking;
    for (const portId of server.portIds) {
      const port = tables.ports.get(portId);
      if (port === undefined || port.status === status) continue;
      port.status = status;
      tables.touch(port);
    }
  }

  /** Notes an action for os-instance-actions, the newest first. */
  record(server: Server, who: Caller, action: string, requestId: string): void {
    const startedAt = this.context.clock.now();
    server.actions.unshift({ action, requestId, startedAt, userId: who.userId, message: null });
  }

  /** The server, or what is remembered of it when it is gone. @throws {Refusal} 404 */
  showEver(id: string, who: Caller): Server {
    const gone = this.#gone.get(id);
    return gone !== undefined && (who.isAdmin || gone.projectId === who.projectId)
      ? gone
      : this.show(id, who);
  }

  /** @throws {Refusal} 409 unless the server is in one of the states and nothing is going on */
  require(server: Server, action: string, states: readonly VmState[]): void {
    const problem = !states.includes(server.vmState)
      ? `vm_state ${server.vmState}`
      : server.taskState !== null
        ? `task_state ${server.taskState}`
        : undefined;
    if (problem === undefined) return;
    throw new Refusal(409, `Cannot '${action}' instance ${server.id} while it is in ${problem}`);
  }

  /** @throws {Refusal} 409 when the server is locked and `who` is not an administrator */
  requireUnlocked(server: Server, who: Caller): void {
    if (server.isLocked && !who.isAdmin) {
      throw new Refusal(409, `Instance ${server.id} is locked`);
    }
  }

  delete(id: string, who: Caller): void {
    const server = this.show(id, who);
    this.requireUnlocked(server, who);
    if (server.taskState === "deleting") return;
    this.setTask(server, "deleting");
    this.context.clock.after(deleteMs, () => {
      this.#remove(server);
    });
  }

  #remove(server: Server): void {
    const { networking, volumes } = this.context;
    const guest = this.guest(server);
    if (guest !== undefined) this.context.guests.remove(guest);
    this.#servers.delete(server.id);
    this.#gone.set(server.id, server);
    for (const portId of server.portIds) {
      const port = networking.tables.ports.get(portId);
      if (port === undefined) continue;
      if (server.ownPortIds.has(portId)) networking.ports.remove(portId);
      else networking.ports.bind(port, "", "", "DOWN");
    }
    for (const { volumeId, deleteOnTermination } of server.volumes) {
      const volume = volumes.get(volumeId);
      if (volume === undefined) continue;
      volume.attachments = volume.attachments.filter(({ serverId }) => serverId !== server.id);
      if (deleteOnTermination) volumes.remove(volume);
      else volumes.setStatus(volume, "available");
    }
  }
}
