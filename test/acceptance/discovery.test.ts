import { connect } from "../../openstack";
import { describeDiscovery } from "./discovery";
import { sandboxCloud } from "./sandboxCloud";

jest.setTimeout(600_000);

let opened: Awaited<ReturnType<typeof sandboxCloud>>;

describeDiscovery(async () => {
  opened = await sandboxCloud();
  const { cloud } = opened;
  const plain = { openStack: await connect({ cloud: "sandbox", env: cloud.env }), env: cloud.env };
  return { cloud, plain };
});

afterAll(() => opened.close());
