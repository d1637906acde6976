import { messageOf } from "../../common/errors";
import {
  selectionProvider,
  type SelectionInputs,
  type SelectionOutputs,
} from "../../dynamic/providers/selection";
import { parseEnvironment } from "../../snapset/environment/parse";
import type { WantedNode } from "../../snapset/environment/wantedNode";
import { needsOf } from "../../snapset/placement/needs";
import { captureOf, FaultyCloud } from "../acceptance/FaultyCloud";

jest.setTimeout(60_000);

let cloud: FaultyCloud;
let warnings: string[];

beforeEach(async () => {
  cloud = await FaultyCloud.open();
  process.env["OS_CLIENT_CONFIG_FILE"] = cloud.env.OS_CLIENT_CONFIG_FILE;
  warnings = [];
});
afterEach(() => cloud.close());

const controller: WantedNode = {
  name: "controller",
  role: "controller",
  flavor: "hotstack.small",
  bootsFromVolume: false,
  volumes: [],
};
const withData = { ...controller, volumes: [{ name: "data", capture: "include" as const }] };

/** A committed set of one server and its volume. @returns the volume's id */
async function captureData(): Promise<string> {
  const instance = cloud.boot("controller", "controller", 1);
  const volumeId = cloud.attachVolume("controller", "data");
  await cloud.capture(captureOf([instance]));
  cloud.world.requests.clear();
  return volumeId;
}

function provider() {
  const config: Record<string, string> = { "openstack:cloud": cloud.env.OS_CLOUD };
  return selectionProvider({
    config: { get: (key) => config[key] },
    engine: {
      status: () => undefined,
      warn: (_urn, line) => void warnings.push(line),
      signal: new AbortController().signal,
    },
  });
}

const inputsOf = (snapId: string, ...nodes: WantedNode[]): SelectionInputs => ({
  snapId,
  nodes,
  selfUrn: "urn:test",
});
const select = async (snapId: string, ...nodes: WantedNode[]): Promise<SelectionOutputs> =>
  (await provider().create(inputsOf(snapId, ...nodes))).outs;
const refusalOf = (snapId: string, ...nodes: WantedNode[]): Promise<string> =>
  select(snapId, ...nodes).then(() => "it was chosen", messageOf);
/** What the cloud was asked, without logging in. */
const asked = (): string[] =>
  cloud.world.requests
    .filter(({ service }) => service !== "identity")
    .map(({ action }) => action)
    .toSorted();

/** What is asked about room for an environment without volumes. */
const quotas = ["showLimits", "showQuotaDetails"];

describe("Selection", () => {
  it("gives the snapshot of each volume, and asks for each list once", async () => {
    const volumeId = await captureData();
    const { volumes } = await select("faults01", withData);
    const [snapshot] = cloud.world.volumes.snapshots();
    expect(volumes["controller"]).toEqual([
      {
        name: "data",
        volumeId,
        device: "/dev/vdb",
        sizeGb: 1,
        type: expect.any(String) as string,
        isRoot: false,
        policy: "include",
        snapshotId: snapshot?.id,
      },
    ]);
    expect(asked()).toEqual(["listFlavorsDetail", "listImages", "listSnapshotsDetail", ...quotas]);
    expect(warnings).toEqual([]);
  });

  it("does not ask for snapshots where no set has any, nor twice for what is not there", async () => {
    await cloud.capture(captureOf([cloud.boot("controller", "controller", 1)]));
    cloud.world.requests.clear();
    await select("latest", controller);
    expect(asked()).toEqual(["listFlavorsDetail", "listImages", ...quotas]);
    cloud.world.requests.clear();
    expect(await refusalOf("nope0000", controller)).toBe(
      "snapId: there is no set nope0000; there is faults01",
    );
    // The images of that id, then those of all, for their names.
    expect(asked()).toEqual(["listFlavorsDetail", "listImages", "listImages", ...quotas]);
    cloud.world.requests.clear();
    cloud.world.images.all().forEach((image) => (image.tags = []));
    expect(await refusalOf("latest", controller)).toBe(
      "snapId: latest: there is no set that can be restored",
    );
    expect(asked()).toEqual(["listFlavorsDetail", "listImages", ...quotas]);
  });

  it("refuses a set of which a snapshot is broken, and a node that does not fit", async () => {
    await captureData();
    const [snapshot] = cloud.world.volumes.snapshots();
    if (snapshot === undefined) throw new Error("there is no snapshot");
    snapshot.status = "error";
    const node = { ...withData, flavor: "huge", bootsFromVolume: true };
    expect((await refusalOf("faults01", node)).split("\n")).toEqual([
      "preflight: 3 problems",
      `  - snapId: set faults01 cannot be restored: member controller: snapshot ${snapshot.id} of its volume data is error`,
      "  - snapId: set faults01 cannot be restored: its controller boots from an image, the environment's from a volume: remove its rootVolume",
      "  - node controller: there is no flavor huge; there is hotstack.large, hotstack.medium, hotstack.small, hotstack.xlarge, hotstack.xxlarge; snapset:map.flavors names another",
    ]);
  });

  it("warns of data that do not come back", async () => {
    await captureData();
    await select("faults01", { ...controller, volumes: [{ name: "logs", capture: "include" }] });
    expect(warnings).toEqual([
      "node controller: the set does not hold the data of logs: made blank",
      "node controller: the environment does not declare data of the set: the data are not restored",
    ]);
  });

  it("looks once more at what a version without volumes chose, and keeps it", async () => {
    await captureData();
    const olds = await select("latest", withData);
    const news = inputsOf("latest", withData);
    const selection = provider();
    expect(await selection.diff("id", olds, news)).toEqual({ changes: false });
    const old = { ...olds, schemaVersion: 1 };
    expect(await selection.diff("id", old, news)).toEqual({ changes: true });
    expect((await selection.update?.("id", old, news))?.outs).toEqual(olds);
    const { places, ...placeless } = olds;
    expect(await selection.diff("id", placeless, news)).toEqual({ changes: true });
    expect((await selection.update?.("id", placeless, news))?.outs).toEqual({ ...olds, places });
  });
});

describe("Selection of base images", () => {
  const environment = parseEnvironment(
    {
      name: "lab",
      networks: [{ name: "net", subnets: [{ name: "subnet", cidr: "192.168.32.0/24" }] }],
      routers: [{ name: "router", externalNetwork: "public", subnets: ["subnet"] }],
      nodes: [
        {
          ...{ name: "controller", role: "controller", flavor: "hotstack.small" },
          image: "hotstack-controller",
          ports: [{ network: "net", floatingIp: { network: "public", address: "172.24.4.9" } }],
        },
      ],
    },
    "lab",
  );
  const node = { ...controller, image: "hotstack-controller" };
  const inputs: SelectionInputs = {
    snapId: null,
    nodes: [node],
    needs: needsOf(environment, "deploy"),
    selfUrn: "urn:test",
  };
  const checked = async (olds: SelectionInputs | null, news: SelectionInputs) => {
    const { failures = [] } = (await provider().check?.(olds ?? ({} as never), news)) ?? {};
    return failures.map(({ reason }) => reason);
  };
  /** A newer image of the name that is chosen already. */
  const addNewerImage = () => {
    const { images, clock } = cloud.world;
    clock.advance(60_000);
    const newer = images.create(cloud.projectId, { name: "hotstack-controller" });
    images.setContent(newer, undefined, 1000, 1000);
    return newer.id;
  };

  it("is made with what the check before it has found, and asks for nothing twice", async () => {
    cloud.world.requests.clear();
    expect(await checked(null, inputs)).toEqual([]);
    expect(asked()).toEqual([
      ...["listFlavorsDetail", "listFloatingips", "listImages", "listNetworks"],
      ...quotas,
    ]);
    expect(warnings).toEqual([]);
    cloud.world.requests.clear();
    const { id, outs } = await provider().create(inputs);
    expect(asked()).toEqual([]);
    expect(id).toBe("base-images");
    expect(outs.places).toMatchObject({
      images: { "hotstack-controller": expect.stringMatching(/-/) as string },
      floatingIps: { "172.24.4.9": "any" },
    });
    expect(warnings).toEqual([
      "port controller.ports[0]: floating IP 172.24.4.9 is not this project's: it gets another one of public",
    ]);
    // Each check is for one create.
    await provider().create(inputs);
    expect(asked()).not.toEqual([]);
  });

  it("stays while nothing is needed that has no place, and asks for nothing", async () => {
    const { outs } = await provider().create(inputs);
    addNewerImage();
    cloud.world.requests.clear();
    expect(await checked(inputs, inputs)).toEqual([]);
    expect(await provider().diff("id", outs, inputs)).toEqual({ changes: false });
    const another = { ...inputs, nodes: [node, { ...node, name: "second" }] };
    expect(await provider().diff("id", outs, another)).toEqual({ changes: false });
    expect(asked()).toEqual([]);
  });

  it("keeps its images when something else has to be found, though newer ones are there", async () => {
    const { outs } = await provider().create(inputs);
    const newer = addNewerImage();
    const needs = needsOf(environment, "deploy");
    const more = {
      ...inputs,
      needs: { ...needs, images: [...needs.images, { name: "ipxe-boot-usb", by: ["node x"] }] },
    };
    expect(await provider().diff("id", outs, more)).toEqual({ changes: true });
    const updated = (await provider().update?.("id", outs, more))?.outs;
    expect(updated?.places?.images).toEqual({
      ...outs.places?.images,
      "ipxe-boot-usb": expect.stringMatching(/-/) as string,
    });
    expect(Object.values(updated?.places?.images ?? {})).not.toContain(newer);
    expect((await provider().create(inputs)).outs.places?.images).toEqual({
      "hotstack-controller": newer,
    });
  });

  it("foresees what fails of what is added, and does not judge again what is there", async () => {
    const { outs } = await provider().create(inputs);
    Object.assign(cloud.world.quotas, { instances: 0 });
    cloud.world.images.all().forEach(({ id }) => {
      cloud.world.images.remove(id);
    });
    const more = { ...inputs, nodes: [node, { ...node, name: "second", flavor: "huge" }] };
    expect(await checked(inputs, more)).toEqual([
      expect.stringMatching(/^node second: there is no flavor huge; there is hotstack/) as string,
    ]);
    // Its image is gone, and so is the room for its server: which is there.
    expect((await provider().update?.("id", outs, inputs))?.outs.places).toEqual(outs.places);
  });

  it("finds places for what an earlier version chose, and takes no floating IP away", async () => {
    const { places, needs, ...old } = (await provider().create(inputs)).outs;
    expect(await provider().diff("id", old as SelectionOutputs, inputs)).toEqual({ changes: true });
    warnings = [];
    const updated = (await provider().update?.("id", old, inputs))?.outs;
    expect(updated).toEqual({ ...old, needs, places: { ...places, floatingIps: {} } });
    expect(warnings).toEqual([]);
  });
});
