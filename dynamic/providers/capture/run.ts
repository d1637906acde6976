import { recordPhases } from "../phases";
import type { Context } from "../context";
import { anchorOf, commit, verify } from "./commit";
import { giveBack } from "./giveBack";
import { imageMembers } from "./images";
import { preflight } from "./preflight";
import { quiesceCluster } from "./quiesce";
import { stopServers } from "./stop";
import type { CaptureInputs, CaptureProgress, ImageRow } from "./types";

/**
 * The phases of a capture, one after the other. Each looks at the cloud first and does what is
 * missing, so a run after an interrupted one goes on where that stopped.
 *
 * @param progress is kept up to date as the run goes, also when it ends in an error
 * @returns the table of images
 */
export async function runCapture(
  inputs: CaptureInputs,
  progress: CaptureProgress,
  context: Context,
): Promise<ImageRow[]> {
  const phases = recordPhases(progress.timings, context.clock, context.report);
  const members = await phases.run("preflight", async () => {
    const result = await preflight(inputs, progress, context);
    return { result, evidence: `${result.length} servers can be captured` };
  });
  await quiesceCluster(members, inputs, progress, phases, context);
  await phases.run("stop", async () => {
    const evidence = await stopServers(members, inputs.deadlines.stop, context, (name) => {
      if (!progress.stopped.includes(name)) progress.stopped.push(name);
    });
    return { result: undefined, evidence };
  });
  await phases.run("images", async () => {
    const images = await imageMembers(
      members,
      {
        snapId: inputs.snapId,
        parallel: inputs.parallelImages,
        deadlineMs: inputs.deadlines.images,
        anchor: anchorOf(members).instance.name,
        notAfter: progress.notAfter,
      },
      context,
    );
    return { result: undefined, evidence: `${images.size} images active, no task running` };
  });
  const manifest = await phases.run("verify", async () => {
    const result = await verify(members, inputs, progress, context);
    return { result, evidence: `${result.members.length} members with size and checksum` };
  });
  await phases.run("commit", async () => {
    await commit(manifest, members, context);
    return { result: undefined, evidence: `manifest on ${anchorOf(members).instance.name}` };
  });
  if (inputs.afterCapture === "resume") {
    await phases.run("resume", async () => {
      return { result: undefined, evidence: await giveBack(inputs, progress, context) };
    });
  }
  return manifest.members.map((member) => ({
    member: member.name,
    role: member.role,
    imageId: member.imageId,
    imageName: member.imageName,
    sizeBytes: member.sizeBytes,
    macAddresses: member.macAddresses,
  }));
}
