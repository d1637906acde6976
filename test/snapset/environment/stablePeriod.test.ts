import { stablePeriodOf } from "../../../snapset/environment/environment";
import { parseEnvironment } from "../../../snapset/environment/parse";

const environment = parseEnvironment(
  {
    name: "lab",
    networks: [{ name: "net", subnets: [{ name: "s", cidr: "10.0.0.0/24" }] }],
    nodes: [{ name: "a", role: "compute", flavor: "f", ports: [{ network: "net" }] }],
    minStablePeriodSeconds: 180,
  },
  "lab",
);

describe("stablePeriodOf", () => {
  it.each([
    [environment, 60_000, 180_000],
    [environment, 240_000, 240_000],
    [null, 60_000, 60_000],
    [{ ...environment, minStablePeriodSeconds: undefined }, 60_000, 60_000],
  ])("is the longer of the environment's and the configured one", (it, configured, period) => {
    expect(stablePeriodOf(it, configured)).toBe(period);
  });
});
