import { connect } from "../../openstack";
import { describeReset } from "./reset";

jest.setTimeout(900_000);

describeReset(async () => {
  const { OS_CLOUD, OS_CLIENT_CONFIG_FILE } = process.env;
  if (OS_CLOUD === undefined) throw new Error("OS_CLOUD must name the cloud to test on");
  const env = { OS_CLOUD, ...(OS_CLIENT_CONFIG_FILE && { OS_CLIENT_CONFIG_FILE }) };
  return { env, client: await connect({ cloud: OS_CLOUD }), guestDeadlineMs: 180_000 };
});
