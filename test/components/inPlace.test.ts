import * as pulumi from "@pulumi/pulumi";
import { Environment } from "../../components/Environment";
import type { InPlace } from "../../components/inPlace";
import { parseEnvironment } from "../../snapset/environment/parse";
import type { ManifestVolume } from "../../snapset/manifest";
import { volumeOf } from "../snapset/arbitraries";
import { selectedState } from "./fakePlaces";

const declared = new Map<string, Record<string, unknown>>();
const options = new Map<string, pulumi.CustomResourceOptions>();

beforeAll(async () => {
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        declared.set(`${type.split(":").at(-1) ?? ""} ${name}`, inputs as Record<string, unknown>);
        return {
          id: `${name}-id`,
          state: { ...(inputs as object), ...selectedState(type, inputs as object) },
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
  declared.clear();
  options.clear();
});

const spec = parseEnvironment(
  {
    name: "lab",
    networks: [{ name: "net", subnets: [{ name: "subnet", cidr: "192.168.32.0/24" }] }],
    nodes: [
      {
        name: "box",
        role: "compute",
        image: "base",
        flavor: "small",
        ports: [{ network: "net" }],
        volumes: [
          { name: "data", sizeGb: 1 },
          { name: "blank", sizeGb: 1, capture: "empty" },
        ],
      },
    ],
  },
  "lab",
);

async function restore(inPlace: InPlace | undefined): Promise<void> {
  const set = {
    snapId: "AbCdEf12",
    images: pulumi.output<Record<string, string>>({ box: "image-of-box" }),
    volumes: pulumi.output<Record<string, ManifestVolume[]>>({ box: [volumeOf("data")] }),
    inPlace,
  };
  const note: pulumi.ResourceTransformation = ({ type, name, opts }) => {
    options.set(`${type.split(":").at(-1) ?? ""} ${name}`, opts);
    return undefined;
  };
  const environment = new Environment("lab", { spec, set }, { transformations: [note] });
  await new Promise((resolve) => environment.snapsetData.apply(resolve));
  await new Promise(setImmediate);
}

const settings = (trigger: string): InPlace => ({
  trigger,
  targetReadiness: "StopTarget",
  gracePeriod: 1,
  deadline: 2,
});

describe("an environment whose servers are put back in place", () => {
  it("has one Reset, which knows every server, its image and its volumes by their devices", async () => {
    await restore(settings("2"));
    expect(declared.get("Reset lab")).toMatchObject({
      snapId: "AbCdEf12",
      trigger: "2",
      readiness: { policy: "StopTarget", gracePeriod: 1 },
      deadline: 2,
      nodes: [
        {
          name: "box",
          role: "compute",
          serverId: "box-id",
          imageId: "image-of-box",
          volumes: [
            { name: "data", volumeId: "box/data-id" },
            { name: "blank", volumeId: "box/blank-id" },
          ],
        },
      ],
    });
  });

  it("keeps its servers, marked from their birth, whatever image and volumes come", async () => {
    await restore(settings("2"));
    expect(declared.get("Instance box")?.["metadata"]).toEqual({
      snapset_role: "compute",
      snapset_method: "rebuild",
      snapset_reset: "AbCdEf12/2",
    });
    expect(options.get("Instance box")).toMatchObject({
      ignoreChanges: ["imageId", "blockDevices", "metadata.snapset_reset"],
    });
    expect(options.get("Instance box")?.replaceOnChanges).toBeUndefined();
  });

  it("has its volumes replaced by another trigger, blank ones too, and not before there are new ones", async () => {
    await restore(settings("2"));
    const metadata = {
      snapset_restored: "AbCdEf12",
      snapset_method: "rebuild",
      snapset_reset: "2",
    };
    expect(declared.get("Volume box/data")?.["metadata"]).toEqual(metadata);
    expect(declared.get("Volume box/blank")?.["metadata"]).toEqual(metadata);
    expect(options.get("Volume box/data")).toMatchObject({
      // Not by the method: to switch to it replaces nothing.
      replaceOnChanges: ["metadata.snapset_restored", "metadata.snapset_reset"],
      deleteBeforeReplace: false,
    });
  });

  it("is replaced wholly when it goes back to being replaced, volumes and servers", async () => {
    await restore(undefined);
    expect(declared.get("Volume box/data")?.["metadata"]).toEqual({ snapset_restored: "AbCdEf12" });
    expect(options.get("Volume box/data")).toMatchObject({ replaceOnChanges: ["metadata"] });
  });

  it("has none of it where servers are replaced; a server born to be put back is replaced, too", async () => {
    await restore(undefined);
    expect(declared.has("Reset lab")).toBe(false);
    expect(declared.get("Instance box")?.["metadata"]).toEqual({ snapset_role: "compute" });
    expect(options.get("Instance box")).toMatchObject({
      replaceOnChanges: ["imageId", "metadata.snapset_method"],
    });
  });
});
