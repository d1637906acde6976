import { messageOf } from "../../common/errors";
import type { CaptureProgress } from "../../snapset/capture/progress";
import type { SetIdentity, Site, Source } from "../platform";
import { instancesOn, platformsOf } from "./preflight";

/**
 * Brings the source of a capture back, on all its platforms.
 *
 * @param progress is kept up to date
 * @returns what was done, in words
 */
export async function resumeSource(
  source: Source,
  progress: CaptureProgress,
  site: Site,
): Promise<string> {
  const done: string[] = [];
  // The controller's platform first: the others may need its DNS and DHCP to boot.
  const ordered = source.instances.toSorted(
    (a, b) => Number(b.role === "controller") - Number(a.role === "controller"),
  );
  for (const platform of platformsOf(ordered, site)) {
    const instances = instancesOn(platform, source.instances);
    done.push(await platform.resume({ ...source, instances }, progress));
  }
  return done.join("; ");
}

/**
 * Removes a set: uncommitted first, so that nobody selects a set that is going away. Only what
 * carries the set's identity is touched.
 *
 * @returns what was deleted, in words
 */
export async function removeSet(set: SetIdentity, site: Site): Promise<string> {
  await site.store.uncommit(set);
  const done: string[] = [];
  for (const platform of platformsOf(set.instances, site)) {
    done.push(await platform.remove({ ...set, instances: instancesOn(platform, set.instances) }));
  }
  return done.join("; ");
}

/**
 * Undoes a capture: what it made goes, the source comes back. Each is tried whatever becomes of the
 * other.
 *
 * @param policy under `Retain` a set stays that was committed before its capture was interrupted
 * @returns what was done, and what could not be, in words
 */
export async function giveBack(
  source: Source,
  progress: CaptureProgress,
  site: Site,
  policy: "Delete" | "Retain" = "Delete",
): Promise<{ done: string[]; failed: string[] }> {
  const done: string[] = [];
  const failed: string[] = [];
  const attempt = async (step: () => Promise<string>): Promise<void> => {
    try {
      done.push(await step());
    } catch (error) {
      site.signal.throwIfAborted();
      failed.push(messageOf(error));
    }
  };
  await attempt(async () =>
    policy === "Retain" && (await site.store.readManifest(source.snapId)) !== undefined
      ? `set ${source.snapId} is committed and stays`
      : removeSet(source, site),
  );
  await attempt(() => resumeSource(source, progress, site));
  return { done, failed };
}
