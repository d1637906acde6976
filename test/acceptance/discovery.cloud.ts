import { connect } from "../../openstack";
import { describeDiscovery } from "./discovery";

jest.setTimeout(900_000);

describeDiscovery(async () => {
  const { OS_CLOUD, OS_CLIENT_CONFIG_FILE } = process.env;
  if (OS_CLOUD === undefined) throw new Error("OS_CLOUD must name the cloud to test on");
  const env = { OS_CLOUD, ...(OS_CLIENT_CONFIG_FILE && { OS_CLIENT_CONFIG_FILE }) };
  return {
    cloud: { env, client: await connect({ cloud: OS_CLOUD }), guestDeadlineMs: 180_000 },
    plain: { openStack: await connect({ cloud: OS_CLOUD }), env: process.env },
  };
});
