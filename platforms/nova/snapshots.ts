import { ApiError, isConflict, type Image, type Snapshot } from "../../openstack";
import { messageOf } from "../../common/errors";
import { isVolumeBacked, type Member, type MemberVolume } from "../../snapset/capture/member";
import {
  planSnapshots,
  type SnapshotObservation,
  type SnapshotStep,
} from "../../snapset/capture/snapshotPlan";
import type { ServerView } from "../../snapset/capture/server";
import { imageNameOf, snapIdProperty, snapshotMetadataOf } from "../../snapset/identity";
import type { Context } from "../context";
import { ifThere } from "../tolerate";
import { observeSnapshots, snapshotIdsOf } from "./observe";

/** Snapshots of ours under way at a time: Cinder has no bound of its own to learn from. */
const parallelSnapshots = 10;
/** How long a request without an answer may take to show in Cinder's list. */
const settleMs = 5000;

interface Part {
  member: Member;
  volume: MemberVolume;
}

/** The snapshots of all volumes of the set: made by us, or by Nova with an image and then owned. */
export class SnapshotRun {
  /** By volume id, of the volumes whose data are in the set. */
  readonly made = new Map<string, Snapshot>();
  /**
   * Members that wait for a snapshot of ours. Drivers that let Nova make the snapshot of a volume in
   * use (NFS) get it refused while the server is being imaged: so its volumes come first.
   */
  pending: ReadonlySet<string> = new Set();
  private readonly parts: readonly Part[];
  private readonly known = new Map<string, string>();
  private readonly notBefore = new Map<string, number>();

  constructor(
    private readonly members: readonly Member[],
    private readonly snapId: string,
    private readonly context: Context,
  ) {
    this.parts = members.flatMap((member) =>
      member.volumes
        .filter(({ policy }) => policy === "include" || isVolumeBacked(member))
        .map((volume) => ({ member, volume })),
    );
  }

  /**
   * One look at Cinder, and everything that it asks for; none without volumes.
   *
   * @param servers as Nova lists them now
   * @param images by member, as far as they are known
   */
  async tick(
    servers: ReadonlyMap<string, ServerView>,
    images: ReadonlyMap<string, Image>,
  ): Promise<SnapshotStep[]> {
    if (this.parts.length === 0) return [];
    const instances = this.members.map(({ instance }) => instance);
    const snapshots = await observeSnapshots(this.context, this.snapId, instances, images.values());
    const steps = planSnapshots(
      this.parts.map((part) => this.observe(part, servers, snapshots, images)),
      { parallel: parallelSnapshots },
    );
    this.pending = new Set(
      this.parts.flatMap(({ member }, i) =>
        steps[i]?.kind === "done" || isVolumeBacked(member) ? [] : [member.instance.name],
      ),
    );
    return Promise.all(steps.map((step, i) => this.carryOut(step, this.parts[i], snapshots)));
  }

  private observe(
    { member, volume }: Part,
    servers: ReadonlyMap<string, ServerView>,
    snapshots: readonly Snapshot[],
    images: ReadonlyMap<string, Image>,
  ): SnapshotObservation {
    const { volumeId } = volume;
    const image = images.get(member.instance.name);
    const snapshot = snapshots.find((candidate) => candidate.volume_id === volumeId);
    const isNovas = isVolumeBacked(member);
    const missing = isNovas ? missingSnapshot(image, snapshots) : undefined;
    return {
      volumeId,
      label: `${member.instance.name}'s ${volume.name}`,
      snapshot,
      isOurs: snapshot?.metadata[snapIdProperty] === this.snapId,
      isNovas,
      isWanted: volume.policy === "include",
      mayAsk: this.mayAsk(volumeId) && isIdle(servers.get(member.instance.uuid)),
      knownId: this.known.get(volumeId) ?? missing,
    };
  }

  private mayAsk(volumeId: string): boolean {
    return (this.notBefore.get(volumeId) ?? 0) <= this.context.clock.now().getTime();
  }

  private async carryOut(
    step: SnapshotStep,
    part: Part | undefined,
    snapshots: readonly Snapshot[],
  ): Promise<SnapshotStep> {
    if (part === undefined) return step;
    const { blockStorage } = this.context.cloud;
    const identity = { snapId: this.snapId, member: part.member.instance.name };
    switch (step.kind) {
      case "request":
        return this.request(step, part);
      case "own":
        await blockStorage.updateSnapshotMetadata(
          step.snapshotId,
          snapshotMetadataOf(identity, step.volumeId),
        );
        return step;
      case "discard":
        await ifThere(blockStorage.deleteSnapshot(step.snapshotId));
        this.known.delete(step.volumeId);
        return step;
      case "done": {
        const snapshot = snapshots.find(({ id }) => id === step.snapshotId);
        if (snapshot !== undefined) this.made.set(step.volumeId, snapshot);
        return step;
      }
      case "wait":
      case "failed":
        return step;
    }
  }

  private async request(step: SnapshotStep, { member, volume }: Part): Promise<SnapshotStep> {
    const identity = { snapId: this.snapId, member: member.instance.name };
    try {
      const { id } = await this.context.cloud.blockStorage.createSnapshot({
        volumeId: volume.volumeId,
        name: imageNameOf(member.instance.name, this.snapId),
        metadata: snapshotMetadataOf(identity, volume.volumeId),
        force: true,
      });
      this.known.set(volume.volumeId, id);
      return step;
    } catch (error) {
      this.context.signal.throwIfAborted();
      if (error instanceof ApiError && error.status !== 503 && !isConflict(error)) {
        return { kind: "failed", volumeId: volume.volumeId, reason: messageOf(error) };
      }
      const asked = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
      const delay = Math.max(asked, settleMs);
      this.notBefore.set(volume.volumeId, this.context.clock.now().getTime() + delay);
      return step;
    }
  }
}

/** A snapshot that the image of a volume-backed server names and that Cinder does not have. */
function missingSnapshot(image: Image | undefined, snapshots: readonly Snapshot[]) {
  const named = image === undefined ? [] : snapshotIdsOf(image);
  return named.find((id) => snapshots.every((snapshot) => snapshot.id !== id));
}

function isIdle(server: ServerView | undefined): boolean {
  return server?.["OS-EXT-STS:task_state"] === null;
}
