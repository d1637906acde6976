import * as pulumi from "@pulumi/pulumi";
import { Environment } from "../../components/Environment";
import { loadEnvironment } from "../../components/files";

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
        return { id, state: { ...(inputs as object), address: `${name}-address` } };
      },
      call: ({ inputs }: { inputs: Record<string, unknown> }) => ({
        ...inputs,
        id: `${String(inputs["name"])}-id`,
      }),
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

async function declareSno(images?: Record<string, string>) {
  const spec = loadEnvironment("environments/snapshot-sno.yaml");
  const environment = new Environment("sno", {
    spec,
    ...(images && { images: pulumi.output(images), snapId: "AbCdEf12" }),
  });
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
        "controller-machine-port",
        "fa:16:9e:81:f6:05",
        [{ ipAddress: "192.168.32.254", subnetId: "machine-subnet-id" }],
      ],
      [
        "master0-machine-port",
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
      ["master0-lvms-vol0-id", -1],
      ["master0-cinder-vol0-id", -1],
      ["master0-cinder-vol1-id", -1],
      ["master0-cinder-vol2-id", -1],
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
