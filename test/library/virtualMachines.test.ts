import * as pulumi from "@pulumi/pulumi";
import { Capture, captureSettings, RestoreMachines } from "../../library";
import { manifestOf } from "../snapset/arbitraries";

interface Asked {
  type: string;
  inputs: Record<string, unknown>;
}

const asked: Asked[] = [];
const machine = { namespace: "parks", contentName: "content", apiVersion: "v1beta1" };
const members = manifestOf("AbCdEf12").members.map((member) => ({
  ...member,
  platform: "kubevirt",
  virtualMachine: { ...machine, name: member.name },
}));
const kubevirt = { kubeconfig: "kubeconfig", namespace: "parks" };

beforeAll(async () => {
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        asked.push({ type, inputs: inputs as Asked["inputs"] });
        const found = { chosen: "AbCdEf12", members, snapId: "AbCdEf12", progress: {}, phases: [] };
        return { id: `${name}-id`, state: { ...(inputs as object), ...found } };
      },
      call: () => ({}),
    },
    "snapset",
    "dev",
  );
});
beforeEach(() => {
  asked.length = 0;
});

const inputsOf = (type: string) => asked.find((it) => it.type.endsWith(`:${type}`))?.inputs;

const settled = async <T>(output: pulumi.Output<T>): Promise<T> => {
  const value = await new Promise<T>((resolve) => {
    output.apply(resolve);
  });
  await new Promise(setImmediate);
  return value;
};

describe("virtual machines in a program of one's own", () => {
  it("are restored from the set that was chosen, each into the machine that is named for it", async () => {
    const restored = new RestoreMachines("parks", {
      snapId: "latest",
      kubevirt: { ...kubevirt, targets: { master0: { name: "copy" } } },
      restore: { trigger: "2" },
    });
    expect(await settled(restored.virtualMachines)).toEqual({
      controller: "controller",
      master0: "copy",
    });
    expect(inputsOf("Selection")).toMatchObject({ snapId: "latest", kubevirt });
    expect(inputsOf("Restoration")).toMatchObject({
      platform: "kubevirt",
      snapId: "AbCdEf12",
      trigger: "2",
      members: [
        { name: "controller", target: "controller" },
        { name: "master0", target: "copy", virtualMachine: { name: "master0" } },
      ],
    });
  });

  it("are captured by what finds them; nothing secret of that is an input", async () => {
    const settings = captureSettings({
      kubevirt: { namespace: "parks", selector: "app=map", kubeconfigContent: "a secret" },
    });
    await settled(new Capture("parks", { settings }).snapId);
    expect(inputsOf("SnapSet")).toMatchObject({
      instances: [],
      kubevirt: { namespace: "parks", selector: "app=map", kubeconfig: null },
    });
    expect(inputsOf("SnapId")).toMatchObject({ kubevirt: { namespace: "parks" } });
    expect(JSON.stringify(asked)).not.toContain("a secret");
  });

  it("are refused with every problem, by key", () => {
    const wrong = { namespace: "Parks", names: ["a"], selector: "app=map" };
    expect(() => captureSettings({ kubevirt: { ...kubevirt, ...wrong } })).toThrow(
      [
        "stack configuration: 2 problems",
        "  - snapset:kubevirt.namespace: must be a name as Kubernetes has them (lower case letters, digits, - and .)",
        "  - snapset:kubevirt.selector: names is given already; say in one way which machines are meant",
      ].join("\n"),
    );
    expect(() => captureSettings({ kubevirt, volumes: { data: "empty" } })).toThrow(
      [
        "stack configuration: 2 problems",
        "  - snapset:kubevirt.names: is missing; mode capture needs names of machines, or a selector",
        "  - snapset:volumes: of a virtual machine all are captured that can be; see kubevirt.acceptPartial",
      ].join("\n"),
    );
  });
});
