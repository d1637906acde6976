/** One server to image, and what the cloud shows of its image right now. */
export interface ImageObservation {
  member: string;
  /** The image with this member's identity, if Glance lists one. */
  image?: { id: string; status: string } | undefined;
  /** The id that createImage answered, if it was asked in this run. */
  requestedImageId?: string | undefined;
  /** Nova's `OS-EXT-STS:task_state`; undefined when servers were not listed in this tick. */
  taskState?: string | null | undefined;
}

/** What to do about one member now. */
export type ImageStep =
  | { kind: "request"; member: string }
  | { kind: "wait"; member: string; seen: string }
  | { kind: "done"; member: string; imageId: string }
  | { kind: "failed"; member: string; reason: string };

/**
 * One tick of the image phase: for each member the next step, with at most `parallel` images under
 * way. An image is made when Glance calls it active *and* Nova's task is over: one that was active
 * while the task still ran has been deleted together with its server.
 *
 * @param observations in the order in which images shall be requested
 */
export function planImages(
  observations: readonly ImageObservation[],
  { parallel }: { parallel: number },
): ImageStep[] {
  const steps = observations.map(stepOf);
  let free = parallel - steps.filter((step) => step?.kind === "wait").length;
  return steps.map((step, i) => {
    if (step !== undefined) return step;
    const member = observations[i]?.member ?? "";
    free -= 1;
    return free >= 0 ? { kind: "request", member } : { kind: "wait", member, seen: "its turn" };
  });
}

/** The step that what was seen asks for; undefined for a member whose image is still to be asked for. */
function stepOf({ member, image, requestedImageId, taskState }: ImageObservation) {
  if (image === undefined) {
    return requestedImageId === undefined
      ? undefined
      : failed(
          member,
          `image ${requestedImageId} is gone: Nova removes the image of a snapshot that failed`,
        );
  }
  switch (image.status) {
    case "active":
      return activeStep(member, image, taskState);
    case "queued":
    case "saving":
    case "importing":
    case "uploading":
      return { kind: "wait", member, seen: image.status } as const;
    default:
      return failed(member, `image ${image.id} is ${image.status}`);
  }
}

function activeStep(
  member: string,
  image: { id: string },
  taskState: string | null | undefined,
): ImageStep {
  if (taskState === null) return { kind: "done", member, imageId: image.id };
  return { kind: "wait", member, seen: taskState ?? "active" };
}

function failed(member: string, reason: string): ImageStep {
  return { kind: "failed", member, reason };
}
