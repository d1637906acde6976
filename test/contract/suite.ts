import { systemClock } from "../../common/clock";
import { waitFor } from "../../common/wait";
import type { OpenStack, Server } from "../../openstack";
import { describeReset } from "./reset";
import { describeGroups } from "./groups";
import { describeImageData } from "./imageData";
import { describeStorage } from "./storage";
import { describeNics } from "./nics";
import { describeTrunks } from "./trunks";
import { Fixture, type ContractCloud } from "./Fixture";
import { refusal } from "./refusal";

const unknownId = "11111111-2222-4333-8444-555555555555";

/** What the product relies on in a cloud's answers: the sandbox's as much as a real one's. */
export function describeContract(world: string, cloud: () => Promise<ContractCloud>): void {
  describe(`OpenStack contract of ${world}`, () => {
    let fixture: Fixture;
    let openStack: OpenStack;
    let networkId: string;
    let server: Server;
    const mac = `fa:16:9e:${randomOctet()}:${randomOctet()}:01`;

    beforeAll(async () => {
      fixture = await Fixture.open(await cloud());
      ({ openStack } = fixture);
      networkId = await fixture.makeNetwork();
      server = await fixture.makeServer("one", networkId, mac);
    }, 180_000);

    afterAll(async () => {
      await fixture.close();
    }, 180_000);

    const request = (metadata: Record<string, string> = {}) => ({
      name: `contract-image-${fixture.suffix}`,
      metadata: { snapset_id: fixture.suffix, ...metadata },
    });

    describe("servers", () => {
      test("a server is listed as it is shown, with its MAC and address", async () => {
        const [listed] = await openStack.compute.listServers({ name: server.name });
        const shown = await openStack.compute.showServer(server.id);
        expect(listed).toEqual(shown);
        expect(shown).toMatchObject({
          id: server.id,
          status: "ACTIVE",
          tenant_id: openStack.projectId,
          "OS-EXT-STS:task_state": null,
          "OS-EXT-STS:power_state": 1,
          "os-extended-volumes:volumes_attached": [],
          "OS-SRV-USG:launched_at": expect.any(String) as string,
        });
        expect(Object.values(shown.addresses).flat()).toEqual([
          expect.objectContaining({
            "OS-EXT-IPS-MAC:mac_addr": mac,
            addr: expect.stringMatching(/^192\.168\.77\./) as string,
          }),
        ]);
      });

      test("the console tells the boot, its count and the MACs", async () => {
        const output = await waitFor({
          what: "the guest's BOOT line",
          observe: () => openStack.compute.showConsoleOutput(server.id, 100),
          isDone: (text) => text.includes(`macs=${mac}`),
          describe: (text) => text.slice(-80),
          deadlineMs: 90_000,
          intervalMs: 500,
          clock: systemClock,
        });
        expect(output).toMatch(new RegExp(`BOOT name=\\S+ count=\\d+ macs=${mac}`));
      }, 120_000);

      test("its interfaces and its ports name the same port", async () => {
        const [attached] = await openStack.compute.listInterfaces(server.id);
        const ports = await openStack.network.listPorts({ device_id: server.id });
        expect(ports).toHaveLength(1);
        expect(ports[0]).toMatchObject({
          id: attached?.port_id,
          mac_address: mac,
          network_id: networkId,
          device_id: server.id,
          fixed_ips: attached?.fixed_ips,
        });
        expect(await openStack.compute.listVolumeAttachments(server.id)).toEqual([]);
        expect((await openStack.compute.showFlavor(server.flavor.id)).name).toBe("hotstack.small");
      });

      test("an unknown server is a 404 with a request id, and so is every action on it", async () => {
        const { compute } = openStack;
        const errors = await Promise.all([
          refusal(compute.showServer(unknownId)),
          refusal(compute.stopServer(unknownId)),
          refusal(compute.createImage(unknownId, { name: "none" })),
          refusal(compute.deleteServer(unknownId)),
        ]);
        for (const error of errors) {
          expect(error.status).toBe(404);
          // Of an action Nova says that the instance "has no mapping to a cell".
          expect(error.message).toMatch(
            new RegExp(`Instance ${unknownId} (could not be found|has no mapping to a cell)\\.`),
          );
          expect(error.requestId).toMatch(/^req-/);
        }
      });

      test("malformed actions are a 400", async () => {
        const path = `/servers/${server.id}/action`;
        const statuses = await Promise.all(
          [
            { createImage: {} },
            { createImage: { name: "" } },
            { "os-getConsoleOutput": { length: "x" } },
          ]
            .map((body) => fixture.raw("POST", "compute", path, body))
            .map(async (answer) => (await answer).status),
        );
        expect(statuses).toEqual([400, 400, 400]);
        const tooLong = openStack.compute.createImage(server.id, {
          name: "too-long",
          metadata: { key: "x".repeat(256) },
        });
        expect((await refusal(tooLong)).status).toBe(400);
        const badKey = openStack.compute.createImage(server.id, {
          name: "bad-key",
          metadata: { "a/b": "x" },
        });
        expect((await refusal(badKey)).status).toBe(400);
      });

      test("a running server cannot be started, and nothing listed under another name", async () => {
        expect((await refusal(openStack.compute.startServer(server.id))).status).toBe(409);
        expect(await openStack.compute.listServers({ name: `none-${fixture.suffix}` })).toEqual([]);
      });
    });

    describe("ports", () => {
      test("a MAC that is in use on the network is a 409", async () => {
        const answer = await fixture.raw("POST", "network", "/ports", {
          port: { network_id: networkId, mac_address: mac },
        });
        expect(answer.status).toBe(409);
        expect(answer.body["NeutronError"]?.["type"]).toBe("MacAddressInUse");
      });

      test("lists go on over pages", async () => {
        await fixture.make("network", "/ports", "port", { network_id: networkId });
        const atOnce = await openStack.network.listPorts({ network_id: networkId });
        const paged = await openStack.network.listPorts({ network_id: networkId, limit: 1 });
        expect(atOnce.length).toBeGreaterThanOrEqual(2);
        expect(idsOf(paged)).toEqual(idsOf(atOnce));
      });

      test("an unknown network is a 404, and a malformed port a 400", async () => {
        const error = await refusal(openStack.network.showNetwork(unknownId));
        expect(error.message).toContain(`Network ${unknownId} could not be found.`);
        expect(error.status).toBe(404);
        expect(error.requestId).toMatch(/^req-/);
        const answer = await fixture.raw("POST", "network", "/ports", {
          port: { network_id: networkId, mac_address: "no-mac" },
        });
        expect(answer.status).toBe(400);
      });
    });

    describe("images", () => {
      let imageId: string;

      test("createImage of a running server: its metadata are properties at once", async () => {
        imageId = fixture.removeLater(
          await openStack.compute.createImage(server.id, request({ snapset_member: "one" })),
        );
        const image = await openStack.image.showImage(imageId);
        expect(["queued", "saving", "active"]).toContain(image.status);
        expect(image).toMatchObject({
          name: `contract-image-${fixture.suffix}`,
          owner: openStack.projectId,
          tags: [],
          snapset_id: fixture.suffix,
          snapset_member: "one",
          instance_uuid: server.id,
        });
      });

      test("a second one meanwhile is a 409, and leaves no image", async () => {
        await fixture.imageIsActive(imageId, server.id);
        const first = fixture.removeLater(
          await openStack.compute.createImage(server.id, request({ snapset_member: "two" })),
        );
        const error = await refusal(
          openStack.compute.createImage(server.id, request({ snapset_member: "three" })),
        );
        expect(error.status).toBe(409);
        expect(error.message).toMatch(/Cannot 'createImage' instance .* task_state image_/);
        expect(await openStack.image.listImages({ snapset_member: "three" })).toEqual([]);
        await fixture.imageIsActive(first, server.id);
      }, 120_000);

      test("an active image has its size and its checksum", async () => {
        const image = await openStack.image.showImage(imageId);
        expect(image.size).toBeGreaterThan(0);
        expect(image.os_hash_algo).toBe("sha512");
        expect(image.os_hash_value).toMatch(/^[0-9a-f]{128}$/);
        expect(image.min_disk).toBeGreaterThanOrEqual(1);
      });

      test("one patch writes tags and a property; a property holds 65,000 bytes", async () => {
        const tags = ["hotstack", `snap_id=${fixture.suffix}`, "mac_address=fa:16:9e:81:f6:05"];
        const value = "x".repeat(65_000);
        const patched = await openStack.image.updateImage(imageId, [
          { op: "replace", path: "/tags", value: tags },
          { op: "add", path: "/snapset_manifest", value },
        ]);
        expect(patched.tags.toSorted()).toEqual(tags.toSorted());
        expect((await openStack.image.showImage(imageId))["snapset_manifest"]).toBe(value);
      });

      test("a patch that fails in part does nothing", async () => {
        const before = await openStack.image.showImage(imageId);
        const patch = openStack.image.updateImage(imageId, [
          { op: "replace", path: "/tags", value: ["changed"] },
          { op: "replace", path: "/snapset_never_was", value: "x" },
        ]);
        expect((await refusal(patch)).status).toBe(409);
        expect((await openStack.image.showImage(imageId)).tags.toSorted()).toEqual(
          before.tags.toSorted(),
        );
      });

      test("several tags all have to be there; a property filters too", async () => {
        await openStack.image.addTag(imageId, "name=one");
        const list = async (tags: string[]) => idsOf(await openStack.image.listImages({ tags }));
        const snapTag = `snap_id=${fixture.suffix}`;
        expect(await list([snapTag, "name=one"])).toEqual([imageId]);
        expect(await list([snapTag, "name=two"])).toEqual([]);
        const ofSet = await openStack.image.listImages({ snapset_id: fixture.suffix });
        expect(ofSet).toHaveLength(2);
        const one = await openStack.image.listImages({
          snapset_id: fixture.suffix,
          snapset_member: "one",
          owner: openStack.projectId,
        });
        expect(idsOf(one)).toEqual([imageId]);
      });

      test("lists go on over pages, sorted as asked", async () => {
        const query = { snapset_id: fixture.suffix, sort: "created_at:desc" };
        const atOnce = await openStack.image.listImages(query);
        const before = openStack.requests["image"] ?? 0;
        const paged = await openStack.image.listImages({ ...query, limit: 1 });
        expect(paged.map(({ id }) => id)).toEqual(atOnce.map(({ id }) => id));
        expect(paged.at(-1)?.id).toBe(imageId);
        expect((openStack.requests["image"] ?? 0) - before).toBeGreaterThanOrEqual(2);
      });

      test("malformed patches are a 400", async () => {
        const patch = openStack.image.updateImage(imageId, [
          { op: "replace", path: "/tags", value: ["x".repeat(256)] },
        ]);
        expect((await refusal(patch)).status).toBe(400);
        const answer = openStack.image.listImages({ sort: "nothing:desc" });
        expect((await refusal(answer)).status).toBe(400);
      });

      test("a protected image is not deleted; one that is gone is a 404", async () => {
        const protect = (value: boolean) =>
          openStack.image.updateImage(imageId, [{ op: "replace", path: "/protected", value }]);
        await protect(true);
        expect((await refusal(openStack.image.deleteImage(imageId))).status).toBe(403);
        await protect(false);
        await openStack.image.deleteImage(imageId);
        const gone = await refusal(openStack.image.deleteImage(imageId));
        expect(gone.status).toBe(404);
        expect(gone.message).toContain(imageId);
        expect(gone.requestId).toMatch(/^req-/);
        expect((await refusal(openStack.image.showImage(imageId))).status).toBe(404);
      });
    });

    describe("stop, image, start", () => {
      test("a stopped server is SHUTOFF, can be imaged, and starts with its disk", async () => {
        await openStack.compute.stopServer(server.id);
        const stopped = await fixture.serverIs(server.id, "SHUTOFF");
        expect(stopped["OS-EXT-STS:power_state"]).toBe(4);
        expect((await refusal(openStack.compute.stopServer(server.id))).status).toBe(409);
        const imageId = fixture.removeLater(
          await openStack.compute.createImage(server.id, request({ snapset_member: "off" })),
        );
        await fixture.imageIsActive(imageId, server.id);
        expect((await openStack.compute.showServer(server.id)).status).toBe("SHUTOFF");
        await openStack.compute.startServer(server.id);
        await fixture.serverIs(server.id, "ACTIVE");
      }, 240_000);

      test("what was done is listed, the newest first, with who asked for it", async () => {
        const actions = await openStack.compute.listInstanceActions(server.id);
        const names = actions.map(({ action }) => action);
        expect(names.slice(0, 3)).toEqual(["start", "createImage", "stop"]);
        expect(names.at(-1)).toBe("create");
        const times = actions.map(({ start_time }) => Date.parse(`${start_time}Z`));
        expect(times).toEqual(times.toSorted((a, b) => b - a));
        for (const action of actions) {
          expect(action).toMatchObject({
            user_id: openStack.userId,
            request_id: expect.stringMatching(/^req-/) as string,
            message: null,
          });
        }
        const unknown = openStack.compute.listInstanceActions(unknownId);
        expect((await refusal(unknown)).status).toBe(404);
      });
    });

    describeImageData(() => fixture);
    describeStorage(() => ({ fixture, openStack, networkId, server }));
    describeGroups(() => ({ fixture, networkId }));
    describeTrunks(() => ({ fixture, networkId, server }));
    describe("what environments are discovered from", () => {
      describeNics(() => ({ fixture, networkId }));
    });
    describeReset(() => ({ fixture, openStack, networkId }));

    describe("limits, volumes and the rest of the network", () => {
      test("limits are numbers", async () => {
        const compute = await openStack.compute.showLimits();
        const blockStorage = await openStack.blockStorage.showLimits();
        expect(compute.totalInstancesUsed).toBeGreaterThanOrEqual(1);
        expect(blockStorage.maxTotalVolumes).toEqual(expect.any(Number));
      });

      test("a volume is listed as it is shown, and deleted", async () => {
        const id = await fixture.make("block-storage", "/volumes", "volume", {
          name: `contract-${fixture.suffix}`,
          size: 1,
        });
        const available = await waitFor({
          what: `volume ${id} to be available`,
          observe: () => openStack.blockStorage.showVolume(id),
          isDone: (volume) => volume.status === "available",
          describe: (volume) => volume.status,
          deadlineMs: 60_000,
          intervalMs: 200,
          clock: systemClock,
        });
        const query = { name: `contract-${fixture.suffix}` };
        expect(await openStack.blockStorage.listVolumes(query)).toEqual([available]);
        expect(await openStack.blockStorage.listSnapshots({ volume_id: id })).toEqual([]);
        await openStack.blockStorage.deleteVolume(id);
        expect((await refusal(openStack.blockStorage.showVolume(unknownId))).status).toBe(404);
      }, 90_000);

      test("a project's member has the role, and a flavor its extra specs", async () => {
        expect(openStack.roles).toContain("member");
        expect(await openStack.compute.listFlavorExtraSpecs(server.flavor.id)).toEqual({});
        expect((await refusal(openStack.compute.listFlavorExtraSpecs(unknownId))).status).toBe(404);
      });

      test("what an environment is placed by is told to a member: zones, types, groups, quotas", async () => {
        const { compute, blockStorage, network, projectId } = openStack;
        expect(await compute.listAvailabilityZones()).toEqual(["nova"]);
        expect(await compute.listKeyPairs()).toEqual([]);
        const types = (await blockStorage.listVolumeTypes()).map(({ name }) => name);
        expect(types).toContain("__DEFAULT__");
        const groups = await network.listSecurityGroups();
        expect(groups.map(({ name }) => name)).toContain("default");
        const { port } = await network.showQuotaDetails(projectId);
        expect(port?.used).toBeGreaterThanOrEqual(1);
      });

      test("which address a floating IP gets is not for a member to say", async () => {
        const [external] = await openStack.network.listNetworks({ name: "public" });
        const wish = { floating_network_id: external?.id, floating_ip_address: "172.24.4.77" };
        const answer = await fixture.raw("POST", "network", "/floatingips", { floatingip: wish });
        expect(answer.status).toBe(403);
        expect(answer.body["NeutronError"]?.["type"]).toBe("PolicyNotAuthorized");
      });

      test("networks, subnets, routers and floating IPs are listed by their filters", async () => {
        const { network } = openStack;
        const [found] = await network.listNetworks({ name: `contract-${fixture.suffix}` });
        expect(found?.id).toBe(networkId);
        expect(await network.showNetwork(networkId)).toEqual(found);
        const subnets = await network.listSubnets({ network_id: networkId });
        expect(subnets.map(({ cidr }) => cidr)).toEqual(["192.168.77.0/24"]);
        expect(await network.listRouters({ name: `none-${fixture.suffix}` })).toEqual([]);
        expect(await network.listFloatingIps({ port_id: unknownId })).toEqual([]);
        const external = await network.listNetworks({ "router:external": true });
        expect(external.map(({ name }) => name)).toContain("public");
      });
    });
  });
}

function idsOf(things: readonly { id: string }[]): string[] {
  return things.map(({ id }) => id).toSorted();
}

function randomOctet(): string {
  return Math.floor(Math.random() * 256)
    .toString(16)
    .padStart(2, "0");
}
