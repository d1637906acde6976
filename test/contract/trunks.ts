import type { Server } from "../../openstack";
import type { Fixture, RawAnswer } from "./Fixture";

const unknownId = "11111111-2222-4333-8444-555555555555";

/** What there is once the suite has begun. */
interface Given {
  fixture: Fixture;
  networkId: string;
  /** ACTIVE. */
  server: Server;
}

/** What an environment with trunks relies on, and how Neutron refuses what cannot be one. */
export function describeTrunks(given: () => Given): void {
  describe("trunks", () => {
    let parent: string;
    let child: string;
    let trunk: string;

    const port = () => {
      const { fixture, networkId } = given();
      return fixture.make("network", "/ports", "port", { network_id: networkId });
    };
    const sub = (port_id: string, segmentation_id: number) => ({
      ...{ port_id, segmentation_id, segmentation_type: "vlan" },
    });
    const create = (port_id: string, ...sub_ports: object[]) =>
      given().fixture.raw("POST", "network", "/trunks", { trunk: { port_id, sub_ports } });
    const add = (...sub_ports: object[]) =>
      given().fixture.raw("PUT", "network", `/trunks/${trunk}/add_subports`, { sub_ports });
    const error = ({ status, body }: RawAnswer) => [status, body["NeutronError"]?.["type"]];

    test("carry other ports, each with a tag", async () => {
      parent = await port();
      child = await port();
      const body = { port_id: parent, sub_ports: [sub(child, 10)] };
      trunk = await given().fixture.make("network", "/trunks", "trunk", body);
      const shown = await given().fixture.raw("GET", "network", `/trunks/${trunk}`);
      expect(shown.body["trunk"]).toMatchObject(body);
    });

    test("refuse a parent port that is one already, or behind a trunk", async () => {
      expect(error(await create(parent))).toEqual([409, "ParentPortInUse"]);
      expect(error(await create(child))).toEqual([409, "TrunkPortInUse"]);
      expect(error(await create(unknownId))).toEqual([404, "PortNotFound"]);
    });

    test("refuse a port that is behind another trunk, or carries one, or is the parent", async () => {
      const free = await port();
      expect(error(await create(free, sub(child, 11)))).toEqual([409, "TrunkPortInUse"]);
      expect(error(await create(free, sub(parent, 11)))).toEqual([409, "ParentPortInUse"]);
      expect(error(await create(free, sub(free, 11)))).toEqual([409, "ParentPortInUse"]);
      expect(error(await add(sub(child, 11)))).toEqual([409, "TrunkPortInUse"]);
      expect(error(await add(sub(parent, 11)))).toEqual([409, "ParentPortInUse"]);
    });

    test("refuse a port or a tag that is said twice, and a tag that is none", async () => {
      const [free, one, two] = [await port(), await port(), await port()];
      expect(error(await create(free, sub(one, 11), sub(two, 11)))).toEqual([
        400,
        "HTTPBadRequest",
      ]);
      expect(error(await create(free, sub(one, 11), sub(one, 12)))).toEqual([
        400,
        "HTTPBadRequest",
      ]);
      expect(error(await create(free, sub(one, 4095)))).toEqual([400, "InvalidInput"]);
      expect(error(await create(free, sub(one, 0)))).toEqual([400, "InvalidInput"]);
      expect(error(await add(sub(one, 10)))).toEqual([409, "DuplicateSubPort"]);
    });

    test("keep their ports", async () => {
      const { fixture } = given();
      const remove = async (id: string) => fixture.raw("DELETE", "network", `/ports/${id}`);
      expect(error(await remove(child))).toEqual([409, "PortInUseAsSubPort"]);
      expect(error(await remove(parent))).toEqual([409, "PortInUseAsTrunkParent"]);
    });

    test("are made of a port before a server has it: not every driver takes one afterwards", async () => {
      const { fixture, server } = given();
      const bound = await fixture.openStack.network.listPorts({ device_id: server.id });
      const answer = await create(bound[0]?.id ?? "");
      // Linux bridges and OVN take it; Open vSwitch, as which the sandbox answers, does not.
      if (answer.status === 201) {
        const id = String(answer.body["trunk"]?.["id"]);
        expect((await fixture.raw("DELETE", "network", `/trunks/${id}`)).status).toBe(204);
      } else {
        expect(error(answer)).toEqual([409, "ParentPortInUse"]);
      }
    });
  });
}
