/** One server to image, and what is known of its image right now. */
export interface ImageObservation {
  member: string;
  /** The compute host that the server is on. */
  host: string;
  /** What somebody else has done to the server. */
  disturbance: string | undefined;
  /** Nova's `OS-EXT-STS:task_state`. */
  taskState: string | null;
  /** The image with this member's identity, if Glance lists one. */
  image?: { id: string; status: string } | undefined;
  /** Whether this run has seen the image finished before: it is not looked at again. */
  isFinished?: boolean;
  /** The id that createImage answered in this run. */
  requestedImageId?: string | undefined;
  /** How many images this run has asked for. */
  attempts: number;
  /** Whether another request may be made now: none is without an answer, no back-off is running. */
  mayAsk: boolean;
  /** How long the image has not been active while Nova had no task for it, milliseconds. */
  idleMs: number;
}

/** What to do about one member now. */
export type ImageStep =
  | { kind: "request"; member: string }
  /** Nobody works on the image any more: it is deleted, and asked for again. */
  | { kind: "discard"; member: string; imageId: string }
  | { kind: "wait"; member: string; seen: string }
  | { kind: "done"; member: string; imageId: string }
  | { kind: "failed"; member: string; reason: string };

/** The bounds of the image phase. */
export interface ImageLimits {
  /** Images under way at a time, in all. */
  parallel: number;
  /** … and on one compute host. */
  ofHost: (host: string) => number;
  /** How many images are asked for at most for one member. */
  attempts: number;
  /** After how much idle time an image counts as abandoned, milliseconds. */
  abandonedMs: number;
}

/**
 * One tick of the image phase: for each member the next step. An image is made when Glance calls it
 * active *and* Nova's task is over: one that was active while the task still ran has been deleted
 * together with its server.
 *
 * @param observations in the order in which images shall be requested
 */
export function planImages(
  observations: readonly ImageObservation[],
  limits: ImageLimits,
): ImageStep[] {
  const steps = observations.map((seen) => stepOf(seen, limits));
  const underWay = new Map<string, number>();
  let total = 0;
  const count = (host: string): void => {
    underWay.set(host, (underWay.get(host) ?? 0) + 1);
    total += 1;
  };
  observations.forEach((seen, i) => {
    if (isUnderWay(seen, steps[i])) count(seen.host);
  });
  return observations.map((seen, i) => {
    const step = steps[i];
    if (step !== undefined) return step;
    const isFree =
      total < limits.parallel && (underWay.get(seen.host) ?? 0) < limits.ofHost(seen.host);
    if (!isFree) return wait(seen, "its turn");
    count(seen.host);
    return { kind: "request", member: seen.member };
  });
}

/** Whether an image of ours takes one of the host's places; one that waits for its turn does not. */
export function isUnderWay(seen: ImageObservation, step: ImageStep | undefined): boolean {
  if (step?.kind !== "wait") return false;
  if (seen.image !== undefined) return true;
  return seen.attempts > 0 && !(seen.mayAsk && seen.taskState === null);
}

/** The step that what was seen asks for; undefined for a member that may be asked for an image. */
function stepOf(seen: ImageObservation, limits: ImageLimits): ImageStep | undefined {
  if (seen.disturbance !== undefined) return failed(seen, seen.disturbance);
  if (seen.image === undefined) return withoutImage(seen, limits);
  if (seen.isFinished === true) return done(seen, seen.image.id);
  switch (seen.image.status) {
    case "active":
      return seen.taskState === null ? done(seen, seen.image.id) : wait(seen, seen.taskState);
    case "queued":
    case "saving":
    case "importing":
    case "uploading":
      return unfinished(seen, seen.image, limits);
    default:
      return failed(seen, `image ${seen.image.id} is ${seen.image.status}`);
  }
}

function withoutImage(seen: ImageObservation, limits: ImageLimits): ImageStep | undefined {
  if (seen.isFinished === true) {
    return failed(seen, "its image was deleted during the capture");
  }
  // Glance is asked only when Nova's task is over: until then an image may not have been seen yet.
  if (seen.taskState !== null) return wait(seen, seen.taskState);
  if (!seen.mayAsk) return wait(seen, "to be asked again");
  if (seen.attempts < limits.attempts) return undefined;
  const why =
    seen.requestedImageId === undefined
      ? "none of its requests was answered, and no image came of them"
      : `image ${seen.requestedImageId} is gone: Nova removes the image of a snapshot that failed`;
  return failed(seen, `${why} (${seen.attempts} attempts)`);
}

/** A restarted nova-compute clears the task and leaves the image as it was, for ever. */
function unfinished(
  seen: ImageObservation,
  image: { id: string; status: string },
  limits: ImageLimits,
): ImageStep {
  if (seen.idleMs < limits.abandonedMs) return wait(seen, seen.taskState ?? image.status);
  if (seen.attempts < limits.attempts) {
    return { kind: "discard", member: seen.member, imageId: image.id };
  }
  return failed(
    seen,
    `image ${image.id} is ${image.status} and Nova has no task for it (${seen.attempts} attempts)`,
  );
}

function wait({ member }: ImageObservation, seen: string): ImageStep {
  return { kind: "wait", member, seen };
}

function done({ member }: ImageObservation, imageId: string): ImageStep {
  return { kind: "done", member, imageId };
}

function failed({ member }: ImageObservation, reason: string): ImageStep {
  return { kind: "failed", member, reason };
}
