import { randomBytes } from "node:crypto";
import {
  hasManifest,
  manifestAnnotations,
  manifestIn,
  withoutManifest,
} from "../../../snapset/kubevirt/annotations";
import { manifestOf } from "../arbitraries";

const manifest = manifestOf("AbCdEf12", {});

test("a manifest goes into annotations, and comes out again", () => {
  const annotations = manifestAnnotations(manifest);
  expect(Object.keys(annotations)).toEqual(["snapset/manifest"]);
  expect(manifestIn(annotations, "snapshot")).toEqual(manifest);
});

test("a large one takes several, and all of them are taken away again", () => {
  const environment = { note: randomBytes(60_000).toString("base64") };
  const annotations = manifestAnnotations({ ...manifest, environment });
  expect(Object.keys(annotations).length).toBeGreaterThan(1);
  expect(manifestIn(annotations, "snapshot").environment).toEqual(environment);
  const removed = withoutManifest({ ...annotations, description: "mine" });
  expect(Object.keys(removed).toSorted()).toEqual(Object.keys(annotations).toSorted());
  expect(hasManifest({ description: "mine" })).toBe(false);
});

test("one that Kubernetes would not take is refused", () => {
  const environment = { note: randomBytes(400_000).toString("base64") };
  expect(() => manifestAnnotations({ ...manifest, environment })).toThrow(
    /^the manifest has \d+ bytes even compressed; annotations of one object hold 229376$/,
  );
});
