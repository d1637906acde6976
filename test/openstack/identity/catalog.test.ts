import { endpointOf, type Catalog } from "../../../openstack/identity/catalog";

const endpoint = (url: string, region_id = "R1", kind = "public") => ({
  interface: kind,
  region_id,
  url,
});
const catalog: Catalog = [
  { type: "compute", endpoints: [endpoint("http://c/v2.1"), endpoint("http://c2/v2.1", "R2")] },
  {
    type: "image",
    endpoints: [endpoint("http://g/image/"), endpoint("http://in", "R1", "internal")],
  },
  { type: "network", endpoints: [endpoint("http://n")] },
  { type: "volumev3", endpoints: [endpoint("http://v/v3/p")] },
];
const settings = {
  cloud: "c",
  region: "R1",
  interface: "public" as const,
  endpointOverrides: {},
};

test("each service, with its version in the path", () => {
  expect(endpointOf("compute", catalog, settings, "p")).toBe("http://c/v2.1");
  expect(endpointOf("image", catalog, settings, "p")).toBe("http://g/image/v2");
  expect(endpointOf("network", catalog, settings, "p")).toBe("http://n/v2.0");
  expect(endpointOf("block-storage", catalog, settings, "p")).toBe("http://v/v3/p");
});

test("region, interface and overrides choose", () => {
  expect(endpointOf("compute", catalog, { ...settings, region: "R2" }, "p")).toBe("http://c2/v2.1");
  expect(endpointOf("image", catalog, { ...settings, interface: "internal" }, "p")).toBe(
    "http://in/v2",
  );
  const endpointOverrides = { "block-storage": "http://o" };
  expect(endpointOf("block-storage", catalog, { ...settings, endpointOverrides }, "p")).toBe(
    "http://o/v3/p",
  );
});

test("block-storage is preferred to volumev3", () => {
  const both = [...catalog, { type: "block-storage", endpoints: [endpoint("http://b/v3")] }];
  expect(endpointOf("block-storage", both, settings, "p")).toBe("http://b/v3");
});

test("what is not there is said, with what is", () => {
  expect(() => endpointOf("image", catalog, { ...settings, region: "R9" }, "p")).toThrow(
    "cloud `c`: the catalog has no public endpoint of image in region R9; " +
      "it has public in R1, internal in R1",
  );
  expect(() => endpointOf("compute", catalog, { ...settings, region: undefined }, "p")).toThrow(
    "cloud `c`: region_name: missing; compute is in the regions R1, R2",
  );
  expect(() => endpointOf("network", [], settings, "p")).toThrow(
    "cloud `c`: the catalog has no public endpoint of network in region R1",
  );
});
