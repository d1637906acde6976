import type { Caller } from "../identity";
import type { Guest } from "../guest";
import type { ComputeContext } from "./context";
import type { Server } from "./records";
import type { Servers } from "./servers";

/** Nova's `shutdown_timeout`; an image's `os_shutdown_timeout` (seconds) takes precedence. */
const shutdownTimeoutMs = 60_000;
/** Nova's `shutdown_retry_interval`: the power button is pressed again this often. */
const retryMs = 10_000;
const startMs = 1_000;

/** Starting and stopping servers, with the patience and the impatience that Nova has. */
export class Power {
  constructor(
    private readonly servers: Servers,
    private readonly context: ComputeContext,
  ) {}

  start(server: Server, who: Caller): void {
    this.servers.requireUnlocked(server, who);
    this.servers.require(server, "start", ["stopped"]);
    this.servers.setTask(server, "powering-on");
    this.#later(server, startMs, () => {
      this.turnOn(server);
    });
  }

  stop(server: Server, who: Caller): void {
    this.servers.requireUnlocked(server, who);
    this.servers.require(server, "stop", ["active", "error"]);
    this.servers.setTask(server, "powering-off");
    this.shutDown(server, () => {
      this.servers.setState(server, "stopped", null);
      this.servers.setPortStatus(server, "DOWN");
    });
  }

  reboot(server: Server, who: Caller, isHard: boolean): void {
    this.servers.requireUnlocked(server, who);
    this.servers.require(server, "reboot", isHard ? ["active", "stopped", "error"] : ["active"]);
    this.servers.setTask(server, isHard ? "rebooting_hard" : "rebooting");
    const on = () => {
      this.turnOn(server);
    };
    if (!isHard) {
      this.shutDown(server, on);
      return;
    }
    const guest = this.servers.guest(server);
    if (guest !== undefined) this.context.guests.pullPlug(guest);
    this.#later(server, startMs, on);
  }

  /** Pause, suspend and their reverses: the guest keeps its memory, so it notices nothing. */
  freeze(server: Server, who: Caller, action: "pause" | "unpause" | "suspend" | "resume"): void {
    const steps = {
      pause: { from: "active", task: "pausing", to: "paused" },
      unpause: { from: "paused", task: "unpausing", to: "active" },
      suspend: { from: "active", task: "suspending", to: "suspended" },
      resume: { from: "suspended", task: "resuming", to: "active" },
    } as const;
    const step = steps[action];
    this.servers.requireUnlocked(server, who);
    this.servers.require(server, action, [step.from]);
    this.servers.setTask(server, step.task);
    this.#later(server, startMs, () => {
      this.servers.setState(server, step.to, null);
    });
  }

  /** The server is active and its guest boots. */
  turnOn(server: Server): void {
    this.servers.setState(server, "active", null);
    this.servers.setPortStatus(server, "ACTIVE");
    const guest = this.servers.guest(server);
    if (guest !== undefined) this.context.guests.powerOn(guest);
  }

  /** Asks the guest to shut down, and pulls the plug when Nova's patience is over. */
  shutDown(server: Server, then: () => void): void {
    const guest = this.servers.guest(server);
    if (guest === undefined || guest.state === "off") {
      then();
      return;
    }
    if (this.context.faults.hasEffect("ignoresAcpi", "os-stop", [server.name, server.id])) {
      guest.ignoresAcpi = true;
    }
    const seconds = Number(server.imageProperties["os_shutdown_timeout"]);
    const timeoutMs = Number.isFinite(seconds) ? seconds * 1000 : shutdownTimeoutMs;
    this.#pressUntilOff(server, guest, timeoutMs, then);
  }

  #pressUntilOff(server: Server, guest: Guest, leftMs: number, then: () => void): void {
    if (guest.state === "off") {
      then();
      return;
    }
    if (leftMs <= 0) {
      this.context.guests.pullPlug(guest);
      then();
      return;
    }
    let isDone = false;
    this.context.guests.pressPowerButton(guest, () => {
      isDone = true;
      if (this.servers.get(server.id) === server && server.taskState !== "deleting") then();
    });
    const wait = Math.min(retryMs, leftMs);
    this.#later(server, wait, () => {
      if (!isDone) this.#pressUntilOff(server, guest, leftMs - wait, then);
    });
  }

  #later(server: Server, ms: number, action: () => void): void {
    this.context.clock.after(ms, () => {
      const isThere = this.servers.get(server.id) === server;
      if (isThere && server.taskState !== "deleting") action();
    });
  }
}
