import { planAbort } from "../../../snapset/ironic/abortPlan";
import type { NodeView } from "../../../snapset/ironic/node";
import type { SnapshotStep } from "../../../snapset/ironic/snapshotPlan";
import { snapshotTransitions } from "../../../snapset/ironic/transitions";
import { node, snapId } from "./domain";

type Event = (typeof snapshotTransitions)[number]["event"];

/** A node that does what the specification's table says and nothing else, and its image. */
export class SimulatedNode {
  state = "active";
  image: { id: string; status: string } | undefined;
  snapshotMark: string | undefined;
  images = 0;
  /** The transitions that were gone through. */
  readonly walked: string[] = [];

  get view(): NodeView {
    const { state, snapshotMark } = this;
    return node({ provisionState: state, snapshotMark });
  }

  /** @throws when the table has no such transition: Ironic would refuse it */
  happens(event: Event): void {
    const found = snapshotTransitions.find((it) => it.from === this.state && it.event === event);
    if (found === undefined) throw new Error(`${event} is refused in state ${this.state}`);
    this.walked.push(`${found.from} -> ${found.to} (on ${found.event})`);
    this.state = found.to;
  }

  /** What Ironic does by itself next, if it does anything. */
  ironicDoes(isGood: boolean): void {
    if (this.state === "snapshotting") {
      const hasRamdisk = this.walked.at(-1)?.includes("resume") ?? false;
      this.happens(isGood ? (hasRamdisk ? "done" : "wait") : "fail");
      if (isGood && hasRamdisk && this.image !== undefined) this.image.status = "active";
    } else if (this.state === "snapshot wait") {
      this.happens(isGood ? "resume" : "fail");
    }
  }

  /** Carries out what the plan of a snapshot says. */
  carryOut(step: SnapshotStep): void {
    if (step.kind === "hold") {
      this.images += 1;
      this.image = { id: `image-${this.images}`, status: "queued" };
    }
    if (step.kind === "discard") this.image = undefined;
    if (step.kind === "snapshot") {
      this.snapshotMark = snapId;
      this.happens("snapshot");
    }
  }

  /** Gives up, by the plan. @returns after how many looks it was at rest */
  giveUp(isGood: boolean): number {
    for (let looks = 0; looks < 20; looks++) {
      const step = planAbort(this.view, snapId);
      if (step.kind === "done") return looks;
      if (step.kind === "abort") this.happens("abort");
      else this.ironicDoes(isGood);
    }
    throw new Error(`it is still ${this.state}`);
  }
}
