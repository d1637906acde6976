import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { InputError } from "../../common/errors";
import { VirtualMachineSnapshots, type VirtualMachineSnapshotsArgs } from "../../library";

const asked: pulumi.runtime.MockResourceArgs[] = [];
const options = new Map<string, pulumi.CustomResourceOptions>();

beforeAll(async () => {
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => {
        asked.push(args);
        const { metadata, ...inputs } = args.inputs as { metadata?: object };
        // The provider gives names.
        const state = { ...inputs, metadata: { ...metadata, name: `${args.name}-1a2b3c4d` } };
        return { id: `${args.name}-id`, state };
      },
      call: () => ({}),
    },
    "snapset",
    "dev",
  );
});
beforeEach(() => {
  asked.length = 0;
  options.clear();
});

const note: pulumi.ResourceTransformation = ({ name, opts }) => {
  options.set(name, opts);
  return undefined;
};

/** What was declared, by name. */
async function declare(
  changes: Partial<VirtualMachineSnapshotsArgs> = {},
  opts: pulumi.ComponentResourceOptions = {},
) {
  const args = { namespace: "parks", names: ["mongodb", "frontend"], ...changes };
  const declared = new VirtualMachineSnapshots("before-upgrade", args, {
    ...opts,
    transformations: [note],
  });
  const names = await new Promise((resolve) => declared.snapshotNames.apply(resolve));
  await new Promise(setImmediate);
  return { names, snapshots: asked.filter(({ type }) => type.endsWith("VirtualMachineSnapshot")) };
}

function problemsOf(name: string, args: Partial<VirtualMachineSnapshotsArgs>): readonly string[] {
  try {
    new VirtualMachineSnapshots(name, { namespace: "parks", names: ["mongodb"], ...args });
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

describe("snapshots of virtual machines that are declared", () => {
  it("are one VirtualMachineSnapshot of each machine, and of no set", async () => {
    const { names, snapshots } = await declare({ description: "before 5.2" });
    expect(names).toEqual({
      mongodb: "mongodb-before-upgrade-1a2b3c4d",
      frontend: "frontend-before-upgrade-1a2b3c4d",
    });
    expect(snapshots.map(({ name }) => name)).toEqual([
      "mongodb-before-upgrade",
      "frontend-before-upgrade",
    ]);
    expect(snapshots[0]).toMatchObject({
      type: "kubernetes:snapshot.kubevirt.io/v1beta1:VirtualMachineSnapshot",
    });
    expect(snapshots[0]?.inputs).toEqual({
      apiVersion: "snapshot.kubevirt.io/v1beta1",
      kind: "VirtualMachineSnapshot",
      metadata: {
        namespace: "parks",
        annotations: { description: "before 5.2" },
      },
      spec: { source: { apiGroup: "kubevirt.io", kind: "VirtualMachine", name: "mongodb" } },
    });
  });

  it("have the deadline, the deletion policy and the version that are asked for", async () => {
    const { snapshots } = await declare({
      ...{ failureDeadline: "1.5h", deletionPolicy: "Retain", apiVersion: "v1alpha1" },
    });
    expect(snapshots[1]).toMatchObject({
      type: "kubernetes:snapshot.kubevirt.io/v1alpha1:VirtualMachineSnapshot",
      inputs: {
        apiVersion: "snapshot.kubevirt.io/v1alpha1",
        spec: { source: { name: "frontend" }, failureDeadline: "5400s", deletionPolicy: "Retain" },
      },
    });
    expect(snapshots[1]?.inputs).not.toHaveProperty("metadata.annotations");
  });

  it("are taken anew where their spec changes, which KubeVirt refuses: the new one first, as its name is another", async () => {
    const { snapshots } = await declare();
    expect(options.get("mongodb-before-upgrade")?.replaceOnChanges).toEqual(["spec"]);
    expect(options.get("mongodb-before-upgrade")?.deleteBeforeReplace).not.toBe(true);
    expect(snapshots[0]?.inputs).not.toHaveProperty("metadata.name");
  });

  it("are in the cluster of the provider that is an option, and protected where that is one", async () => {
    const provider = new kubernetes.Provider("lab", { kubeconfig: "there" });
    const { snapshots } = await declare({}, { provider, protect: true });
    expect(snapshots.map((it) => it.provider)).toEqual([
      expect.stringMatching(/::lab::lab-id$/),
      expect.stringMatching(/::lab::lab-id$/),
    ]);
    expect(options.get("mongodb-before-upgrade")?.parent).toBeInstanceOf(VirtualMachineSnapshots);
  });

  it("are refused with every problem, by key", () => {
    expect(
      problemsOf("Before", {
        namespace: "Parks",
        names: ["mongodb", "Frontend", "mongodb"],
        failureDeadline: "soon",
        description: "x".repeat(1025),
      }),
    ).toEqual([
      "name: must fit into names of Kubernetes' objects, got Before",
      "namespace: must be a name as Kubernetes has them (lower case letters, digits, - and .)",
      "names[1]: must be a name as Kubernetes has them (lower case letters, digits, - and .)",
      "names: must name each machine once",
      "description: must be at most 1024 characters",
      "failureDeadline: must be a duration such as 60s, 5m, 25h or 30d, got soon",
    ]);
    expect(problemsOf("before", { names: [] })).toEqual(["names: must name at least one machine"]);
  });

  it("are refused where their names are too long, all of them", () => {
    const [a, b] = ["a".repeat(230), "b".repeat(231)];
    const names = [a, "mongodb", b];
    const tooLong = (machine: string, length: number) =>
      `virtual machine ${machine}: the name of its snapshot would have ${length} characters, Kubernetes allows 253`;
    expect(problemsOf("before-upgrade", { names })).toEqual([tooLong(a, 254), tooLong(b, 255)]);
    expect(problemsOf("upgrade", { names: ["a".repeat(236)] })).toEqual([]);
  });
});
