import type { Image } from "../../openstack";
import type { CaptureProgress } from "../../snapset/capture/progress";
import { imageNameOf } from "../../snapset/identity";
import { errorOf, maintenanceOf, nodeLabel, type NodeView } from "../../snapset/ironic/node";
import type { Indication, ManifestMember } from "../../snapset/manifest";
import { CaptureFailure } from "../capture/failure";
import type { Context } from "../context";
import { imageDefects } from "../glance/imageDefects";
import { observeImages } from "../glance/images";
import type { CaptureRun } from "../platform";
import { observeNodes } from "./observe";
import type { NodeMember } from "./preflight";

/**
 * Reads every image and every node once more, and describes the machines for the manifest.
 *
 * @throws {CaptureFailure} naming each machine that is not as it must be
 */
export async function verifyNodes(
  members: readonly NodeMember[],
  run: CaptureRun,
  context: Context,
): Promise<ManifestMember[]> {
  const instances = members.map(({ instance }) => instance);
  const [{ members: images }, nodes] = await Promise.all([
    observeImages(context, run.inputs.snapId, instances),
    observeNodes(context),
  ]);
  const defects = members.flatMap((member) => {
    const { name, uuid } = member.instance;
    return [
      ...imageDefects(member.identity, images.get(name), name === run.anchor, dataDefects),
      ...nodeDefects(nodes.get(uuid)),
    ].map((defect) => `image of ${name} failed: ${defect}`);
  });
  if (defects.length > 0) throw new CaptureFailure(defects.join("\n"));
  return members.flatMap((member) => {
    const { name, uuid } = member.instance;
    const [image, node] = [images.get(name), nodes.get(uuid)];
    if (image === undefined || node === undefined) return [];
    warnOfPower(node, run, context);
    return [describe(member, image, run)];
  });
}

function dataDefects(image: Image): string[] {
  const what = `image ${image.id}`;
  return [
    ...((image.size ?? 0) > 0 ? [] : [`${what} is empty`]),
    ...(image.os_hash_value ? [] : [`${what} has no checksum`]),
    ...(image["disk_format"] === "qcow2"
      ? []
      : [`${what} is ${String(image["disk_format"])}, not qcow2`]),
  ];
}

function nodeDefects(node: NodeView | undefined): string[] {
  if (node === undefined) return ["its node is gone from Ironic"];
  const maintenance = maintenanceOf(node);
  return [
    ...(node.provisionState === "active"
      ? []
      : [`${nodeLabel(node)} is ${node.provisionState}${errorOf(node)}: it must be active again`]),
    ...(maintenance === undefined ? [] : [maintenance]),
  ];
}

/** The image is of when it was netbooted, whatever has become of the machine since. */
function warnOfPower(node: NodeView, { inputs }: CaptureRun, { warn }: Context): void {
  if (inputs.consistency !== "shutdown" || node.powerState === "power off") return;
  warn(`${nodeLabel(node)} is ${node.powerState ?? "of unknown power"} after its snapshot`);
}

function describe(
  { instance, identity, node }: NodeMember,
  image: Image,
  { inputs, journal }: CaptureRun,
): ManifestMember {
  const { name, role, uuid } = instance;
  return {
    name,
    role,
    platform: "ironic",
    imageId: image.id,
    imageName: imageNameOf(name, identity.snapId),
    serverId: uuid,
    macAddresses: [...identity.macAddresses],
    sizeBytes: image.size ?? 0,
    minDiskGb: image.min_disk,
    hashAlgo: image.os_hash_algo ?? null,
    hashValue: image.os_hash_value ?? null,
    flavor: null,
    ...stopOf(node, name, inputs.consistency === "shutdown", journal.progress),
    volumes: [],
    virtualMachine: null,
    bareMetal: {
      nodeName: node.name === "" ? null : node.name,
      driver: node.driver,
      rootDevice: node.rootDevice === undefined ? null : { ...node.rootDevice },
    },
  };
}

/** How the machine went down; one that ran was cut off by its netboot. */
function stopOf(
  { powerState }: NodeView,
  name: string,
  isShutdown: boolean,
  { stopped }: CaptureProgress,
): Pick<ManifestMember, "stop" | "stopSeconds" | "indications"> {
  const known = stopped[name];
  if (known !== undefined) {
    return { stop: known.stop, stopSeconds: known.seconds, indications: [] };
  }
  const wasCut = !isShutdown && powerState !== "power off";
  const indications: Indication[] = wasCut ? ["NoGuestAgent"] : [];
  return { stop: wasCut ? "forced" : "found", stopSeconds: null, indications };
}
