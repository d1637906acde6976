import type { ResetWish } from "../../../snapset/reset/mark";
import type { VolumeView } from "../../../snapset/reset/resetNode";
import { planReset, type ResetObservation, type ResetStep } from "../../../snapset/reset/resetPlan";
import { earlier, whole } from "./domain";

interface Machine {
  id: string;
  status: string;
  task: string | null;
  mark: string;
  /** `used` once it has run after its rebuild. */
  disk: "used" | "set";
  volumes: string[];
  fails: boolean;
  rebuilds: number;
  wasOff: boolean;
  wasRunning: boolean;
  /** For how many looks in a row it has been ACTIVE without a task. */
  looks: number;
}

/** Servers with two volumes each that do what a reset's plan asks for, one thing at a time. */
export class SimulatedCloud {
  readonly problems: string[] = [];
  private readonly machines: Machine[];

  constructor(count: number) {
    this.machines = Array.from({ length: count }, (_, i) => ({
      id: `server${i}`,
      status: "ACTIVE",
      task: null,
      mark: earlier,
      disk: "used",
      volumes: ["old-a", "old-b"],
      fails: false,
      rebuilds: 0,
      wasOff: false,
      wasRunning: false,
      looks: 0,
    }));
  }

  state() {
    return this.machines.map(({ disk, volumes }) => ({ disk, volumes }));
  }

  disturb(what: "kill" | "start" | "fail" | "none"): void {
    const [first] = this.machines;
    if (first === undefined) return;
    // Another process knows nothing of what this one has asked for.
    if (what === "kill") for (const machine of this.machines) this.forget(machine);
    if (what === "fail") first.fails = true;
    // Once all are whole the reset is done, and everybody may start them.
    const areWhole = this.machines.every(({ mark }) => mark === whole);
    if (what === "start" && !areWhole && first.status === "SHUTOFF" && first.task === null) {
      Object.assign(first, { status: "ACTIVE", disk: "used" });
    }
  }

  tick(wish: ResetWish): ResetStep[] {
    for (const machine of this.machines) this.endTask(machine);
    const steps = planReset(this.machines.map(observe), wish, { parallel: 2, attempts: 100 });
    for (const it of this.machines) {
      it.wasRunning = it.status === "ACTIVE" && it.task === null;
      it.looks = it.wasRunning ? it.looks + 1 : 0;
    }
    steps.forEach((step, i) => {
      const machine = this.machines[i];
      if (machine !== undefined) this.carryOut(step, machine, wish);
    });
    return steps;
  }

  tickUntilDone(wish: ResetWish): void {
    for (let ticks = 0; ticks < 500; ticks += 1) {
      if (this.tick(wish).every(({ kind }) => kind === "whole")) return;
    }
    this.problems.push("it does not end");
  }

  private forget(machine: Machine): void {
    Object.assign(machine, { rebuilds: 0, wasOff: false, wasRunning: false });
  }

  private endTask(machine: Machine): void {
    if (machine.task === "powering-off") machine.status = "SHUTOFF";
    if (machine.task === "rebuilding") {
      machine.status = machine.fails ? "ERROR" : machine.wasOff ? "SHUTOFF" : "ACTIVE";
      machine.disk = machine.status === "SHUTOFF" ? "set" : "used";
      machine.fails = false;
    }
    machine.task = null;
  }

  private carryOut(step: ResetStep, machine: Machine, wish: ResetWish): void {
    switch (step.kind) {
      case "begin":
        machine.mark = `begun ${wish.snapId}/${wish.trigger}`;
        break;
      case "stop":
        Object.assign(machine, { task: "powering-off", wasOff: false });
        break;
      case "rebuild": {
        const running = this.machines.filter((it) => it.status === "ACTIVE" && it.looks > 1);
        if (running.length > 0) this.problems.push("one is rebuilt while another runs");
        machine.wasOff = machine.status === "SHUTOFF";
        machine.rebuilds += 1;
        Object.assign(machine, { status: "REBUILD", task: "rebuilding" });
        break;
      }
      case "detach":
        machine.volumes = machine.volumes.filter((id) => !step.volumeIds.includes(id));
        break;
      case "attach":
        machine.volumes.push(step.volumeId);
        break;
      case "finish":
        if (machine.disk !== "set") this.problems.push("a used disk is taken for the set's");
        machine.mark = `${wish.snapId}/${wish.trigger}`;
        break;
      case "failed":
        this.problems.push(step.reason);
        break;
      case "wait":
      case "whole":
    }
  }
}

function observe({
  id,
  status,
  task,
  mark,
  volumes,
  rebuilds,
  wasOff,
  wasRunning,
}: Machine): ResetObservation {
  const names = ["old-a", "old-b", "new-a", "new-b"];
  const views = names.map((name): VolumeView => {
    const at = volumes.indexOf(name);
    const attachments = at === -1 ? [] : [{ server_id: id, device: `/dev/vd${"bc"[at] ?? "z"}` }];
    const status = at === -1 ? "available" : "in-use";
    return { id: name, name: name.slice(4), status, attachments };
  });
  return {
    node: {
      name: id,
      role: "compute",
      serverId: id,
      imageId: "set",
      volumes: [
        { name: "a", volumeId: "new-a" },
        { name: "b", volumeId: "new-b" },
      ],
    },
    server: {
      status,
      taskState: task,
      imageId: "set",
      mark,
      isLocked: false,
      fault: undefined,
      volumeIds: volumes,
    },
    volumes: new Map(views.map((view) => [view.id, view])),
    rebuilds,
    wasOff,
    wasRunning,
    refusal: undefined,
  };
}
