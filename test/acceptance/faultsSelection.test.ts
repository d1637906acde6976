import type { Instance } from "../../snapset/snapsetData";
import { captureOf, expectUntouched, failureOf, FaultyCloud } from "./FaultyCloud";

jest.setTimeout(60_000);

let cloud: FaultyCloud;

beforeEach(async () => {
  cloud = await FaultyCloud.open();
});
afterEach(() => cloud.close());

const refusalOf = async (snapId: string, nodes: { name: string; role: string }[] | null = null) =>
  (await expectUntouched(cloud, () => failureOf(cloud.select(snapId, nodes)))).message;

const captured = async (instances: Instance[]) => {
  await cloud.capture(captureOf(instances));
  return instances.map(({ name, role }) => ({ name, role }));
};

/** The image of a member of the set that {@link captured} made. */
function memberImage(member: string) {
  const [image] = cloud
    .imagesOf("faults01")
    .filter((it) => it.properties["snapset_member"] === member);
  if (image === undefined) throw new Error(`there is no image of ${member}`);
  return image;
}

/** An image as Hotstack's own tools leave it: tags, and nothing of ours. */
function hotstackImage(name: string, role: string, snapId: string, owner = cloud.projectId) {
  const { images } = cloud.world;
  const tags = [`name=${name}`, `role=${role}`, `snap_id=${snapId}`];
  const image = images.create(owner, {
    name: `hotstack-${name}-snapshot-${snapId}`,
    tags: ["hotstack", "hotstack-snapset", ...tags, "mac_address=fa:16:9e:81:f6:05"],
  });
  images.setContent(image, { bootCount: 1, files: {} }, 1000, 2 ** 30);
  return image;
}

describe("a set that cannot be restored is refused, and nothing is changed", () => {
  it("when it was never committed", async () => {
    const nodes = await captured(cloud.bootThree());
    const anchor = memberImage("controller");
    anchor.tags = [];
    anchor.properties["snapset_manifest"] = "";
    expect(await refusalOf("faults01", nodes)).toBe(
      [
        "snapId: 2 problems",
        "  - set faults01 cannot be restored: it was never committed: no image of it carries a manifest",
        "  - set faults01 cannot be restored: it has no image of node controller; it has compute0, compute1",
      ].join("\n"),
    );
  });

  it("when one of its images is gone", async () => {
    const nodes = await captured(cloud.bootThree());
    const { id } = memberImage("compute1");
    cloud.world.images.remove(id);
    expect(await refusalOf("faults01", nodes)).toBe(
      [
        "snapId: 2 problems",
        `  - set faults01 cannot be restored: member compute1: image ${id} is gone`,
        "  - set faults01 cannot be restored: it has no image of node compute1; it has compute0, controller",
      ].join("\n"),
    );
  });

  it("when there is none, by latest either", async () => {
    expect(await refusalOf("latest")).toBe("snapId: latest: there is no set that can be restored");
  });
});

describe("a set that Hotstack made", () => {
  const nodes = [
    { name: "controller", role: "controller" },
    { name: "master0", role: "ocp_master" },
  ];
  const made = () => nodes.map(({ name, role }) => hotstackImage(name, role, "hotstack"));

  it("is found by its tags for a given environment", async () => {
    const images = made();
    expect(await cloud.select("hotstack", nodes)).toMatchObject({
      chosen: "hotstack",
      images: { controller: images[0]?.id, master0: images[1]?.id },
      notAfter: null,
      environment: null,
      cluster: null,
    });
  });

  it("cannot do without one", async () => {
    made();
    expect(await refusalOf("hotstack")).toBe(
      "snapId: set hotstack cannot be restored: it holds no environment of its own: " +
        "name one with snapset:environment",
    );
  });
});

it("a connection that breaks in the middle of a Glance listing is made again", async () => {
  // one page more than Glance gives at once
  for (let i = 0; i < 1000; i++) hotstackImage("controller", "controller", `old-${i}`);
  cloud.world.clock.advance(60_000);
  const newest = hotstackImage("controller", "controller", "newest00");
  cloud.world.requests.clear();
  cloud.world.faults.add({
    match: { service: "image", action: "listImages", nth: 2 },
    then: { reset: true },
  });
  const nodes = [{ name: "controller", role: "controller" }];
  const { chosen, images } = await cloud.select("latest", nodes);
  expect({ chosen, images }).toEqual({ chosen: "newest00", images: { controller: newest.id } });
  const listings = cloud.world.requests.filter(({ action }) => action === "listImages");
  expect(listings.map(({ status }) => status)).toEqual([200, 0, 200]);
});
