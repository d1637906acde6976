import type { OpenStack } from "../../../openstack";
import { LocalCloud, reply } from "../LocalCloud";

let cloud: LocalCloud;
let openStack: OpenStack;

beforeEach(async () => {
  cloud = await LocalCloud.start();
  openStack = await cloud.connect();
});

afterEach(async () => {
  await openStack.close();
  await cloud.stop();
});

test("listInstanceActions keeps Nova's order; a user or a message may be missing", async () => {
  const stop = {
    action: "stop",
    start_time: "2026-01-01T00:02:00.000000",
    request_id: "req-2",
    user_id: null,
    message: null,
  };
  const create = {
    ...stop,
    action: "create",
    start_time: "2026-01-01T00:01:00.000000",
    user_id: "user-1",
    message: "Error",
  };
  cloud.on("GET /compute/v2.1/servers/s/os-instance-actions", (_received, response) => {
    const more = { instance_uuid: "s", project_id: "project-1" };
    reply(response, 200, {
      instanceActions: [
        { ...stop, ...more },
        { ...create, ...more },
      ],
    });
  });
  expect(await openStack.compute.listInstanceActions("s")).toEqual([stop, create]);
});

test("listFlavorExtraSpecs gives them by name", async () => {
  cloud.on("GET /compute/v2.1/flavors/f/os-extra_specs", (_received, response) => {
    reply(response, 200, { extra_specs: { "hw:cpu_policy": "dedicated" } });
  });
  expect(await openStack.compute.listFlavorExtraSpecs("f")).toEqual({
    "hw:cpu_policy": "dedicated",
  });
});
