import { InputError } from "../../common/errors";
import { kubeconfigContentOf, parseConfig } from "../../snapset/config";

function messageOf(values: Record<string, string>): string {
  try {
    parseConfig(values);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error("it was accepted");
}

describe("parseConfig", () => {
  it("restores by default", () => {
    expect(parseConfig({ "snapset:snapId": "latest", "openstack:cloud": "lab" })).toEqual({
      mode: "restore",
      environment: undefined,
      snapId: "latest",
      cluster: undefined,
      deadlines: { stop: 300_000, images: 3_600_000 },
    });
  });

  it("keeps a snap_id of digits as text", () => {
    expect(parseConfig({ "snapset:snapId": "12345678" })).toMatchObject({ snapId: "12345678" });
  });

  it("reads structures and numbers as Pulumi holds them", () => {
    const config = parseConfig({
      "snapset:mode": "capture",
      "snapset:source": "source",
      "snapset:parallelImages": "4",
      "snapset:deadlines": '{"stop":"90s"}',
      "snapset:cluster": '{"kubeconfig":"kubeconfig","stability":{"extended":"2s"}}',
    });
    expect(config).toEqual({
      mode: "capture",
      source: "source",
      instances: undefined,
      capture: "1",
      deletionPolicy: "Delete",
      afterCapture: "leave",
      parallelImages: 4,
      deadlines: { stop: 90_000, images: 3_600_000 },
      cluster: {
        kubeconfig: "kubeconfig",
        stability: { beforeShutdown: 60_000, initial: 5000, extended: 2000 },
        rotation: { mode: "gate", minValidity: 1_209_600_000, wait: 90_000_000 },
        deadline: 2_700_000,
      },
    });
  });

  it("names every problem at once, by key, with what is allowed", () => {
    const values = {
      "snapset:mode": "rewind",
      "snapset:snapID": "x",
      "snapset:parallelImages": "0",
      "snapset:deadlines": '{"stop":"soon","images":60}',
      "snapset:cluster": '{"rotation":{"mode":"hope"}}',
    };
    expect(messageOf(values)).toBe(
      [
        "stack configuration: 7 problems",
        "  - snapset:mode: must be one of restore, deploy, capture",
        "  - snapset:parallelImages: must be at least 1",
        "  - snapset:deadlines.stop: must be a duration such as 60s, 5m, 25h or 30d, got soon",
        "  - snapset:deadlines.images: must be a duration such as 60s, 5m, 25h or 30d",
        "  - snapset:cluster.rotation.mode: must be one of gate, wait, off",
        "  - snapset:cluster.kubeconfig: is missing: give the path of a kubeconfig, or kubeconfigContent as a secret",
        "  - snapset:snapID: unknown key",
      ].join("\n"),
    );
  });

  it.each([
    ["restore", {}, "snapId: is missing; mode restore needs a snap_id, or latest"],
    ["deploy", {}, "environment: is missing; mode deploy needs the path of an environment"],
    [
      "capture",
      {},
      "source: is missing; mode capture needs source (a stack) or instances (snapset_data)",
    ],
    [
      "capture",
      { "snapset:source": "a", "snapset:instances": "b.yaml" },
      "instances: source is given already; name the servers in one place",
    ],
  ])("asks mode %s for what it needs", (mode, values, problem) => {
    expect(messageOf({ "snapset:mode": mode, ...values })).toBe(
      `stack configuration: snapset:${problem}`,
    );
  });
});

describe("kubeconfigContentOf", () => {
  it("finds the secret where providers look for it", () => {
    expect(kubeconfigContentOf('{"kubeconfigContent":"apiVersion: v1"}')).toBe("apiVersion: v1");
    expect(kubeconfigContentOf('{"kubeconfig":"path"}')).toBeUndefined();
    expect(kubeconfigContentOf(undefined)).toBeUndefined();
  });
});
