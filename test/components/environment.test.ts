import * as pulumi from "@pulumi/pulumi";
import { Environment } from "../../components/Environment";
import { loadEnvironment } from "../../components/files";
import type { ManifestVolume } from "../../snapset/manifest";
import { parseEnvironment } from "../../snapset/environment/parse";
import { volumeOf } from "../snapset/arbitraries";
import { selectedState } from "./fakePlaces";

interface Declared {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

const declared: Declared[] = [];

beforeAll(async () => {
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        declared.push({ type, name, inputs: inputs as Record<string, unknown> });
        const id = `${name}-id`;
        return {
          id,
          state: {
            ...(inputs as object),
            ...selectedState(type, inputs as object),
            address: `${name}-address`,
          },
        };
      },
      call: ({ token }) => {
        throw new Error(`${token}: everything is looked up before`);
      },
    },
    "snapset",
    "dev",
  );
});

beforeEach(() => {
  declared.length = 0;
});

function promiseOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply(resolve);
  });
}

const of = (type: string): Declared[] => declared.filter((it) => it.type.endsWith(`:${type}`));

const setOf = (images: Record<string, string>, volumes: Record<string, ManifestVolume[]>) => ({
  snapId: "AbCdEf12",
  images: pulumi.output(images),
  volumes: pulumi.output(volumes),
});

/** Declares one node with these volumes: a new one, or from a set that holds `held` of it. */
async function declareNode(changes: object, held?: ManifestVolume[]): Promise<void> {
  const node = {
    name: "master0",
    role: "ocp_master",
    image: "rhcos",
    flavor: "small",
    ports: [{ network: "net" }],
    ...changes,
  };
  const networks = [{ name: "net", subnets: [{ name: "subnet", cidr: "192.168.32.0/24" }] }];
  const spec = parseEnvironment({ name: "lab", networks, nodes: [node] }, "lab");
  const set = held && setOf({ master0: "image-m" }, { master0: held });
  await promiseOf(new Environment("lab", { spec, set }).snapsetData);
  await new Promise(setImmediate);
}

/** Name → size, image and snapshot: volumes are registered as their inputs become known. */
const volumeInputs = () =>
  Object.fromEntries(
    of("Volume").map(({ inputs }) => [
      String(inputs["name"]),
      [inputs["size"], inputs["imageId"], inputs["snapshotId"]],
    ]),
  );

const blockDevices = () =>
  (of("Instance")[0]?.inputs["blockDevices"] as Record<string, unknown>[] | undefined)?.map(
    (device) => [device["uuid"], device["sourceType"], device["bootIndex"]],
  );

async function declareSno(images?: Record<string, string>) {
  const spec = loadEnvironment("environments/snapshot-sno.yaml", "deploy");
  const environment = new Environment("sno", { spec, set: images && setOf(images, {}) });
  const data = await promiseOf(environment.snapsetData);
  const host = await promiseOf(environment.controllerAnsibleHost);
  await new Promise(setImmediate);
  return { data, host };
}

describe("Environment", () => {
  it("declares ports with the very MACs and addresses", async () => {
    await declareSno();
    expect(
      of("Port").map(({ name, inputs }) => [name, inputs["macAddress"], inputs["fixedIps"]]),
    ).toEqual([
      [
        "controller/controller-machine-port",
        "fa:16:9e:81:f6:05",
        [{ ipAddress: "192.168.32.254", subnetId: "machine-subnet-id" }],
      ],
      [
        "master0/master0-machine-port",
        "fa:16:9e:81:f6:10",
        [{ ipAddress: "192.168.32.10", subnetId: "machine-subnet-id" }],
      ],
    ]);
  });

  it("boots from base images, with the volumes as block devices in their order", async () => {
    await declareSno();
    const servers = of("Instance");
    expect(servers.map(({ inputs }) => inputs["imageId"])).toEqual([
      "hotstack-controller-id",
      "ipxe-boot-usb-id",
    ]);
    const devices = servers[1]?.inputs["blockDevices"] as Record<string, unknown>[];
    expect(devices.map((device) => [device["uuid"], device["bootIndex"]])).toEqual([
      ["ipxe-boot-usb-id", 0],
      ["master0/master0-lvms-vol0-id", -1],
      ["master0/master0-cinder-vol0-id", -1],
      ["master0/master0-cinder-vol1-id", -1],
      ["master0/master0-cinder-vol2-id", -1],
    ]);
  });

  it("boots from the images of a set, and marks the volumes with it", async () => {
    await declareSno({ controller: "image-c", master0: "image-m" });
    expect(of("Instance").map(({ inputs }) => inputs["imageId"])).toEqual(["image-c", "image-m"]);
    expect(of("Volume").map(({ inputs }) => inputs["metadata"])).toEqual(
      Array.from({ length: 4 }, () => ({ snapset_restored: "AbCdEf12" })),
    );
  });

  it("hands the controller's user data over as it stands in its file, as a secret", async () => {
    await declareSno();
    const [controller, master] = of("Instance");
    // A secret reaches the engine wrapped.
    expect(controller?.inputs["userData"]).toMatchObject({
      value: expect.stringMatching(/^#cloud-config\n/) as string,
    });
    expect(controller?.inputs["configDrive"]).toBe(true);
    expect(master?.inputs["userData"]).toBeUndefined();
  });

  it("puts out Hotstack's structures", async () => {
    const { data, host } = await declareSno();
    expect(data).toEqual({
      instances: {
        controller: {
          uuid: "controller-id",
          role: "controller",
          mac_address: "fa:16:9e:81:f6:05",
        },
        master0: { uuid: "master0-id", role: "ocp_master", mac_address: "fa:16:9e:81:f6:10" },
      },
    });
    expect(host).toEqual({
      name: "controller",
      ansible_host: "controller-port-floating-ip-address",
      groups: "controllers",
      ansible_ssh_user: "zuul",
    });
  });
});

describe("volumes of a node", () => {
  const volumes = [
    { name: "data", sizeGb: 10, type: "fast", image: "seed" },
    { name: "blank", sizeGb: 5, capture: "empty", image: "seed" },
    { name: "scratch", sizeGb: 5, capture: "exclude" },
    { name: "new", sizeGb: 3 },
  ];
  const held = [
    volumeOf("master0-root", { isRoot: true, device: "/dev/vda", sizeGb: 30 }),
    volumeOf("data", { sizeGb: 20 }),
    volumeOf("blank", { policy: "empty", snapshotId: null, device: "/dev/vdc" }),
    volumeOf("new", { policy: "exclude", snapshotId: null, device: "/dev/vdd" }),
  ];

  it("are filled from their images in a new node", async () => {
    await declareNode({ volumes });
    expect(volumeInputs()).toEqual({
      data: [10, "seed-id", undefined],
      blank: [5, "seed-id", undefined],
      scratch: [5, undefined, undefined],
      new: [3, undefined, undefined],
    });
    const data = of("Volume").find(({ name }) => name === "master0/data");
    expect(data?.inputs["volumeType"]).toBe("fast");
  });

  it("are filled from the snapshots that a set holds, blank without one, left out if so declared", async () => {
    await declareNode({ volumes }, held.slice(1));
    expect(volumeInputs()).toEqual({
      data: [20, undefined, "snapshot-data"],
      blank: [5, undefined, undefined],
      new: [3, undefined, undefined],
    });
    expect(blockDevices()).toEqual([
      ["image-m", "image", 0],
      ["master0/data-id", "volume", -1],
      ["master0/blank-id", "volume", -1],
      ["master0/new-id", "volume", -1],
    ]);
  });

  it("are never smaller than declared", async () => {
    await declareNode({ volumes: [{ name: "data", sizeGb: 40 }] }, held);
    expect(volumeInputs()).toEqual({ data: [40, undefined, "snapshot-data"] });
  });

  it("boot a new node from a volume that its image fills", async () => {
    await declareNode({ rootVolume: { sizeGb: 8 }, volumes: [{ name: "data", sizeGb: 1 }] });
    expect(volumeInputs()).toEqual({
      "master0-root": [8, "rhcos-id", undefined],
      data: [1, undefined, undefined],
    });
    expect(of("Instance")[0]?.inputs["imageId"]).toBeUndefined();
    expect(blockDevices()).toEqual([
      ["master0/master0-root-id", "volume", 0],
      ["master0/data-id", "volume", -1],
    ]);
  });

  it("boot a restored node from the snapshot of its root", async () => {
    await declareNode({ rootVolume: { sizeGb: 8 } }, held);
    expect(volumeInputs()).toEqual({ "master0-root": [30, undefined, "snapshot-master0-root"] });
    expect(of("Volume")[0]?.inputs["metadata"]).toEqual({ snapset_restored: "AbCdEf12" });
    expect(of("Instance")[0]?.inputs["imageId"]).toBeUndefined();
    expect(blockDevices()).toEqual([["master0/master0-root-id", "volume", 0]]);
  });
});
