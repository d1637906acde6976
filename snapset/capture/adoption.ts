/** One entry of a server's `os-instance-actions`. */
export interface InstanceAction {
  action: string;
  start_time: string;
}

/**
 * Actions after which a guest has run again, so that an image from before is not what is on its
 * disk any more (nova `compute/instance_actions.py`).
 */
const running = new Set([
  "start",
  "reboot",
  "rebuild",
  "resume",
  "unpause",
  "unshelve",
  "resize",
  "confirmResize",
  "revertResize",
  "restore",
  "rescue",
  "unrescue",
  "evacuate",
]);

/**
 * What has let the source run since the image was begun; undefined when nothing has. Both times are
 * the cloud's, so the clock of this machine does not matter. What was done in the second in which
 * the image was begun counts, as its order cannot be told: an image is rather made anew.
 *
 * @param imageCreatedAt Glance's `created_at`, whole seconds, or Cinder's
 */
export function ranSince(
  imageCreatedAt: string,
  actions: readonly InstanceAction[],
): InstanceAction | undefined {
  const created = Date.parse(zoned(imageCreatedAt));
  return actions.find(({ action, start_time }) => {
    return running.has(action) && !(Date.parse(zoned(start_time)) < created);
  });
}

/** Nova writes the times of actions in UTC without saying so, and Cinder those of snapshots. */
function zoned(time: string): string {
  return /(?:Z|[+-]\d\d:?\d\d)$/.test(time) ? time : `${time}Z`;
}
