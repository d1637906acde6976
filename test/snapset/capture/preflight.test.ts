import { judgeMembers, type CapturedFlavor } from "../../../snapset/capture/preflight";
import type { ServerView } from "../../../snapset/capture/server";
import { byId, identityOf, instanceOf, mac, serverOf, volumeViewOf } from "./domain";

type Args = Parameters<typeof judgeMembers>;

const small: CapturedFlavor = {
  name: "small",
  vcpus: 2,
  ram: 4096,
  disk: 20,
  swap: 0,
  "OS-FLV-EXT-DATA:ephemeral": 0,
  extraSpecs: {},
};

/** Judges a capture of master0 alone, which is fine but for what is given. */
function judge({
  server = {},
  properties = {},
  flavor = {},
  wishes = {},
  surroundings = {},
}: {
  server?: Partial<ServerView>;
  properties?: Readonly<Record<string, unknown>>;
  flavor?: Partial<CapturedFlavor>;
  wishes?: Partial<Args[1]>;
  surroundings?: Partial<Args[2]>;
} = {}) {
  const instance = instanceOf();
  return judgeMembers(
    [{ instance, identity: identityOf(instance) }],
    {
      policies: {},
      environment: null,
      consistency: "shutdown",
      shutdownTimeoutMs: 60_000,
      ...wishes,
    },
    {
      cloud: "devcloud",
      servers: new Map([[instance.uuid, serverOf(instance, server)]]),
      volumes: new Map(),
      flavors: new Map([["small", { ...small, ...flavor }]]),
      imageProperties: new Map([[instance.uuid, properties]]),
      begun: new Set(),
      told: new Set(),
      ...surroundings,
    },
  );
}

const master = "instance master0 (uuid-master0)";
const data = volumeViewOf("data");
const withData = { server: { volumeIds: ["id-data"] }, surroundings: { volumes: byId([data]) } };

describe("a member that can be captured", () => {
  it("is known with everything that decides how", () => {
    expect(judge(withData)).toEqual({
      problems: [],
      warnings: [],
      members: [
        {
          instance: instanceOf(),
          identity: identityOf(instanceOf()),
          server: serverOf(instanceOf(), withData.server),
          volumes: [
            {
              name: "data",
              volumeId: "id-data",
              device: "/dev/vdb",
              sizeGb: 20,
              type: "fast",
              isRoot: false,
              policy: "include",
            },
          ],
          flavor: { name: "small", vcpus: 2, ramMb: 4096, diskGb: 20 },
          shutdownTimeoutMs: 60_000,
          guestAgent: "none",
          leftOut: [],
        },
      ],
    });
  });

  it("may run or be off", () => {
    expect(judge({ server: { status: "ACTIVE" } }).problems).toEqual([]);
    expect(judge({ server: { status: "SHUTOFF" } }).problems).toEqual([]);
  });

  it("has no flavor where that is gone", () => {
    const { members, problems } = judge({ surroundings: { flavors: new Map() } });
    expect(problems).toEqual([]);
    expect(members[0]?.flavor).toBeNull();
  });

  it.each([
    [{ os_shutdown_timeout: "300" }, 300_000],
    [{ os_shutdown_timeout: 0 }, 0],
    [{ os_shutdown_timeout: "soon" }, 60_000],
    [{}, 60_000],
  ])("is waited for as its image says, else as Nova does: %j", (properties, ms) => {
    expect(judge({ properties }).members[0]?.shutdownTimeoutMs).toBe(ms);
  });

  it.each([
    [{}, "none"],
    [{ hw_qemu_guest_agent: "no", os_require_quiesce: "yes" }, "none"],
    [{ hw_qemu_guest_agent: "yes" }, "asked"],
    [{ hw_qemu_guest_agent: "True", os_require_quiesce: "false" }, "asked"],
    [{ hw_qemu_guest_agent: "1", os_require_quiesce: "on" }, "required"],
    [{ hw_qemu_guest_agent: true, os_require_quiesce: true }, "required"],
  ])("has the guest agent that its image says: %j", (properties, agent) => {
    expect(judge({ properties }).members[0]?.guestAgent).toBe(agent);
  });

  it("may be powering off or on when this capture told it to", () => {
    const problems = (task: string) =>
      judge({
        server: { "OS-EXT-STS:task_state": task },
        surroundings: { told: new Set(["master0"]) },
      }).problems;
    expect([problems("powering-off"), problems("powering-on")]).toEqual([[], []]);
    expect(problems("rebooting")).toHaveLength(1);
  });

  it("may be busy with the image that this set has begun, and with nothing else", () => {
    const begun = new Set(["master0"]);
    const busy = (task: string) =>
      judge({ server: { "OS-EXT-STS:task_state": task }, surroundings: { begun } }).problems;
    expect(busy("image_uploading")).toEqual([]);
    expect(busy("powering-on")).toEqual([
      `${master} is busy (powering-on): wait until that is over and run again`,
    ]);
  });
});

describe("what stops a capture", () => {
  it("a server that is not there", () => {
    const { problems, members } = judge({ surroundings: { servers: new Map() } });
    expect(members).toEqual([]);
    expect(problems).toEqual([
      `${master} is not found in cloud devcloud: take it out of the capture, or name another cloud or region`,
    ]);
  });

  it("a server in another state, with what Nova says of it", () => {
    expect(judge({ server: { status: "PAUSED" } }).problems).toEqual([
      `${master} is PAUSED; it must be ACTIVE or SHUTOFF`,
    ]);
    const fault = { message: "No valid host was found." };
    expect(judge({ server: { status: "ERROR", fault } }).problems).toEqual([
      `${master} is ERROR: No valid host was found.; it must be ACTIVE or SHUTOFF`,
    ]);
  });

  it("an image of somebody else that is under way", () => {
    expect(judge({ server: { "OS-EXT-STS:task_state": "image_uploading" } }).problems).toEqual([
      `${master} is busy (image_uploading): wait until that is over and run again`,
    ]);
  });

  it("a MAC that is not the server's", () => {
    expect(judge({ server: { macAddresses: ["fa:16:9e:00:00:01"] } }).problems).toEqual([
      `${master} has no port with MAC ${mac}; it has fa:16:9e:00:00:01`,
    ]);
    expect(judge({ server: { macAddresses: [] } }).problems).toEqual([
      `${master} has no port with MAC ${mac}; it has none`,
    ]);
  });

  it("a name that Glance would refuse", () => {
    const instance = instanceOf("n".repeat(250));
    const { problems } = judgeMembers(
      [{ instance, identity: identityOf(instance) }],
      { policies: {}, environment: null, consistency: "shutdown", shutdownTimeoutMs: 60_000 },
      {
        cloud: "devcloud",
        servers: new Map([[instance.uuid, serverOf(instance)]]),
        volumes: new Map(),
        flavors: new Map(),
        imageProperties: new Map(),
        begun: new Set(),
        told: new Set(),
      },
    );
    expect(problems).toEqual([
      `instances.${instance.name}: the image name would have 277 characters, Glance allows 255: hotstack-${"n".repeat(51)}…`,
    ]);
  });

  it("all of it at once: state, task, MAC, volumes and platform", () => {
    const broken = volumeViewOf("data", "/dev/vdb", { status: "error" });
    const { problems } = judge({
      server: {
        status: "ERROR",
        "OS-EXT-STS:task_state": "deleting",
        macAddresses: [],
        volumeIds: ["id-data", "id-hidden"],
      },
      flavor: { extraSpecs: { "hw:tpm_version": "2.0" } },
      surroundings: { volumes: byId([broken]) },
    });
    expect(problems).toEqual([
      `${master} is ERROR; it must be ACTIVE or SHUTOFF`,
      `${master} is busy (deleting): wait until that is over and run again`,
      `${master} has no port with MAC ${mac}; it has none`,
      `volume data (id-data) of ${master} is error; it must be in-use: wait until that is over, or reset its state`,
      `${master} has volume id-hidden, which this project cannot see: detach it`,
      `${master} has a vTPM (2.0): its secrets are in no image and a restored disk could not be unlocked; use a flavor and an image without one`,
    ]);
  });

  it("a volume on two of its servers", () => {
    const instances = [instanceOf("master0"), instanceOf("master1")];
    const { problems } = judgeMembers(
      instances.map((instance) => ({ instance, identity: identityOf(instance) })),
      { policies: {}, environment: null, consistency: "shutdown", shutdownTimeoutMs: 60_000 },
      {
        cloud: "devcloud",
        servers: new Map(
          instances.map((it) => [it.uuid, serverOf(it, { volumeIds: ["id-data"] })]),
        ),
        volumes: byId([data]),
        flavors: new Map(),
        imageProperties: new Map(),
        begun: new Set(),
        told: new Set(),
      },
    );
    expect(problems).toEqual([
      "volume id-data is attached to master0 and to master1: a set cannot restore a shared volume; detach it from one",
    ]);
  });
});

describe("what the user should know", () => {
  it.each([
    ["empty", "a restore makes it blank"],
    ["exclude", "a restore comes without it"],
  ] as const)("a volume whose policy is %s", (policy, later) => {
    const { warnings, members } = judge({ ...withData, wishes: { policies: { data: policy } } });
    expect(warnings).toEqual([
      `PartialSnapshot: volume data of master0 is not in the set (${policy}): ${later}`,
    ]);
    expect(members[0]?.leftOut).toEqual(["volume data"]);
  });

  it("disks of the flavor", () => {
    const flavor = { swap: 512, "OS-FLV-EXT-DATA:ephemeral": 5 };
    const { warnings, members } = judge({ flavor });
    expect(warnings).toEqual([
      `PartialSnapshot: ${master} has an ephemeral disk of 5 GB, which no image holds; it comes back empty`,
      `${master} has a swap disk of 512 MB, which no image holds; it comes back empty`,
    ]);
    expect(members[0]?.leftOut).toEqual(["ephemeral disk of 5 GB"]);
  });

  describe("of file systems that nobody freezes", () => {
    const asked = { hw_qemu_guest_agent: "yes" };
    const warningsOf = (
      properties: Readonly<Record<string, unknown>>,
      consistency: "shutdown" | "quiesce" | "crash" = "quiesce",
      status = "ACTIVE",
    ) => judge({ properties, server: { status }, wishes: { consistency } }).warnings;

    it("without an agent", () => {
      expect(warningsOf({})).toEqual([
        "NoGuestAgent: master0 is imaged as after a power cut: its image lacks hw_qemu_guest_agent=yes",
      ]);
    });

    it("with one that need not answer", () => {
      expect(warningsOf(asked)).toEqual([
        "NoGuestAgent: master0 freezes its file systems if its agent answers, which nobody proves: Nova requires that only of servers that boot from a volume, and with os_require_quiesce=yes",
      ]);
    });

    it("not where it has to answer, where the server is off, or where it was not asked for", () => {
      const required = judge({
        properties: { ...asked, os_require_quiesce: "yes" },
        server: { status: "ACTIVE", image: "" },
        wishes: { consistency: "quiesce" },
      });
      expect(required.warnings).toEqual([]);
      expect(warningsOf({}, "quiesce", "SHUTOFF")).toEqual([]);
      expect(warningsOf({}, "crash")).toEqual([]);
      expect(warningsOf({}, "shutdown")).toEqual([]);
    });
  });
});
