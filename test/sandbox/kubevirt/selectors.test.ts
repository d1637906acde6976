import { isSelected } from "../../../sandbox/kubevirt/selectors";

const object = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "a", namespace: "default", labels: { app: "parks", tier: "db" } },
};

const select = (labelSelector: string) =>
  isSelected(object, new URLSearchParams({ labelSelector }));

test.each([
  ["app=parks", true],
  ["app==parks,tier=db", true],
  ["app=parks,tier=web", false],
  ["tier!=web", true],
  ["app", true],
  ["!app", false],
  ["!gone", true],
  ["app in (x, parks),tier", true],
  ["app notin (x, parks)", false],
])("the label selector %s: %s", (selector, isWanted) => {
  expect(select(selector)).toBe(isWanted);
});

test("a field selector is about the name and the namespace", () => {
  const by = (fieldSelector: string) => isSelected(object, new URLSearchParams({ fieldSelector }));
  expect(by("metadata.name=a")).toBe(true);
  expect(by("metadata.name=b")).toBe(false);
  expect(by("metadata.namespace=default")).toBe(true);
});
