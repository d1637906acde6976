import { connect } from "../../openstack";
import { describeContract } from "./suite";

describeContract(process.env["OS_CLOUD"] ?? "the only cloud", async () => ({
  openStack: await connect(),
  env: process.env,
}));
