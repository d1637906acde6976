import fc from "fast-check";
import { InputError } from "../../common/errors";
import { roles } from "../../snapset/roles";
import { parseSnapsetData, toSnapsetData, type Instance } from "../../snapset/snapsetData";

const controller = {
  uuid: "6f4512de-f744-4979-8ab2-45f5461e304c",
  role: "controller",
  mac_address: "fa:16:9e:81:f6:5",
};

function problemsOf(data: unknown): readonly string[] {
  try {
    parseSnapsetData(data, "file.yaml");
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  throw new Error("it was accepted");
}

describe("parseSnapsetData", () => {
  it("reads Hotstack's structure and pads the MAC's octets", () => {
    expect(parseSnapsetData({ instances: { controller } }, "file.yaml")).toEqual([
      {
        name: "controller",
        uuid: controller.uuid,
        role: "controller",
        macAddress: "fa:16:9e:81:f6:05",
      },
    ]);
  });

  it("reads it below the key snapset_data, as in Hotstack's files", () => {
    expect(parseSnapsetData({ snapset_data: { instances: { controller } } }, "x")).toHaveLength(1);
  });

  it.each([
    ["a list", [], ["snapset_data must be a mapping"]],
    ["text", "controller", ["snapset_data must be a mapping"]],
    ["a mapping without instances", { servers: {} }, ["snapset_data must contain 'instances'"]],
    ["no instance", { instances: {} }, ["snapset_data.instances: must name at least one instance"]],
    [
      "an instance that is no mapping",
      { instances: { controller: "uuid" } },
      ["instances.controller: must be a mapping"],
    ],
  ])("refuses %s", (_what, data, problems) => {
    expect(problemsOf(data)).toEqual(problems);
  });

  it("names every problem of every instance at once", () => {
    const data = {
      instances: {
        controller: { ...controller, uuid: "7a5623ef-g855-5a8a-9bc3-56g6572f415d", host: "c" },
        master0: { role: "boss", mac_address: 5 },
        master1: { ...controller, uuid: controller.uuid, mac_address: "fa:16:9e:81:f6" },
      },
    };
    expect(problemsOf(data)).toEqual([
      "instances.controller.host: unknown key; allowed are uuid, role, mac_address, platform",
      "instances.controller.uuid: must be a UUID, got 7a5623ef-g855-5a8a-9bc3-56g6572f415d",
      "instances.master0.uuid: is missing",
      `instances.master0.role: must be one of ${roles.join(", ")}, got boss`,
      "instances.master0.mac_address: must be a string",
      "instances.master1.mac_address: must be a MAC address, got fa:16:9e:81:f6",
    ]);
  });

  it("refuses a server or a MAC that stands twice, however it is written", () => {
    const again = { ...controller, mac_address: "FA-16-9E-81-F6-05" };
    expect(problemsOf({ instances: { controller, again } })).toEqual([
      `instances.again.uuid: ${controller.uuid} is that of controller already`,
      "instances.again.mac_address: fa:16:9e:81:f6:05 is that of controller already",
    ]);
  });

  it("reads what toSnapsetData wrote", () => {
    const macAddress = fc
      .array(fc.integer({ min: 0, max: 255 }), { minLength: 6, maxLength: 6 })
      .map((octets) => octets.map((octet) => octet.toString(16).padStart(2, "0")).join(":"));
    const instance: fc.Arbitrary<Instance> = fc.record({
      name: fc.string({ minLength: 1 }).filter((name) => name !== "__proto__"),
      uuid: fc.uuid(),
      role: fc.constantFrom(...roles),
      macAddress,
    });
    const distinct = fc.uniqueArray(instance, {
      minLength: 1,
      comparator: (a, b) => a.name === b.name || a.uuid === b.uuid || a.macAddress === b.macAddress,
    });
    fc.assert(
      fc.property(distinct, (instances) => {
        const read = parseSnapsetData(toSnapsetData(instances), "outputs");
        expect(read.toSorted(byName)).toEqual(instances.toSorted(byName));
      }),
    );
  });
});

function byName(a: Instance, b: Instance): number {
  return a.name < b.name ? -1 : 1;
}
