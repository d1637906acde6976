import { InputError } from "../../common/errors";
import { clusterSecretsOf, parseClusterSettings, parseConfig } from "../../snapset/config";
import { asItIs } from "../../snapset/placement/placement";

function messageOf(values: Record<string, string>): string {
  try {
    parseConfig(values);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error("it was accepted");
}

const hooks = {
  afterDeploy: [],
  beforeCapture: [],
  afterRevive: [],
  controller: {},
  fromSet: false,
};

describe("parseConfig", () => {
  it("takes a scenario with what is said beside it, or a path", () => {
    const of = (environment: string) =>
      parseConfig({ "snapset:mode": "deploy", "snapset:environment": environment });
    expect(of("environments/sno.yaml")).toMatchObject({ environment: "environments/sno.yaml" });
    const source = { scenario: "scenarios/sno", overrides: ["~/o.yml"], variables: { a: true } };
    expect(of(JSON.stringify(source))).toMatchObject({ environment: source });
    expect(() => of("[1]")).toThrow(
      "snapset:environment: must be a path, or a map of scenario (a path), overrides (paths) and variables (a map)",
    );
  });

  it("names the key that is wrong inside of a scenario", () => {
    const environment = JSON.stringify({ scenarios: "x", overrides: ["a", 1], variables: {} });
    expect(() => parseConfig({ "snapset:environment": environment })).toThrow(
      [
        "stack configuration: 3 problems",
        "  - snapset:environment.scenario: must be the path of a scenario's folder, or of a HOT template",
        "  - snapset:environment.overrides[1]: Invalid input: expected string, received number",
        "  - snapset:environment.scenarios: unknown key",
      ].join("\n"),
    );
  });

  it("restores by default", () => {
    expect(parseConfig({ "snapset:snapId": "latest", "openstack:cloud": "lab" })).toEqual({
      mode: "restore",
      environment: undefined,
      snapId: "latest",
      allowExpired: false,
      cluster: undefined,
      placement: asItIs,
      restore: expect.objectContaining({ method: "replace" }) as object,
      hooks,
      deadlines: { stop: 300_000, images: 3_600_000, idle: 30_000 },
    });
  });

  it("places an environment as its keys say, and names what they may be", () => {
    const keys = {
      "snapset:map": '{"networks":{"public":"external"}}',
      "snapset:mac": "clear",
      "snapset:ip": "pool",
      "snapset:floatingIp": "none",
    };
    expect(parseConfig({ "snapset:snapId": "latest", ...keys })).toMatchObject({
      placement: {
        map: { networks: { public: "external" }, flavors: {} },
        mac: "clear",
        ip: "pool",
        floatingIp: "none",
      },
    });
    const wrong = { ...keys, "snapset:map": '{"network":{}}', "snapset:ip": "dhcp" };
    expect(() => parseConfig({ "snapset:snapId": "latest", ...wrong })).toThrow(
      [
        "stack configuration: 2 problems",
        "  - snapset:map.network: unknown key",
        "  - snapset:ip: must be one of preserve, pool",
      ].join("\n"),
    );
  });

  it("keeps a snap_id of digits as text", () => {
    expect(parseConfig({ "snapset:snapId": "12345678" })).toMatchObject({ snapId: "12345678" });
    expect(
      parseConfig({ "snapset:snapId": "latest", "snapset:allowExpired": "true" }),
    ).toMatchObject({ allowExpired: true });
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
      onFailure: "giveBack",
      consistency: "shutdown",
      volumes: {},
      parallelImages: 4,
      imagesPerHost: 5,
      shutdownTimeout: 60_000,
      deadlines: { stop: 90_000, images: 3_600_000, idle: 30_000 },
      cluster: {
        kubeconfig: "kubeconfig",
        addresses: [],
        nodeAccess: {},
        drain: 30_000,
        stability: { beforeShutdown: 60_000, initial: 5000, extended: 2000 },
        rounds: "proof",
        rotation: {
          mode: "gate",
          minValidity: 1_209_600_000,
          deadline: 93_600_000,
          wait: 90_000_000,
        },
        deadline: 2_700_000,
      },
      hooks,
    });
  });

  it("takes everything that a capture can be told", () => {
    expect(
      parseConfig({
        "snapset:mode": "capture",
        "snapset:instances": '{"instances":{}}',
        "snapset:capture": "nightly",
        "snapset:deletionPolicy": "Retain",
        "snapset:afterCapture": "resume",
        "snapset:onFailure": "keep",
        "snapset:consistency": "quiesce",
        "snapset:volumes": '{"data":"empty","7e0a8d3c":"exclude"}',
        "snapset:parallelImages": "1000",
        "snapset:imagesPerHost": "1",
        "snapset:shutdownTimeout": "5m",
      }),
    ).toEqual({
      mode: "capture",
      source: undefined,
      instances: { instances: {} },
      capture: "nightly",
      deletionPolicy: "Retain",
      afterCapture: "resume",
      onFailure: "keep",
      consistency: "quiesce",
      volumes: { data: "empty", "7e0a8d3c": "exclude" },
      parallelImages: 1000,
      imagesPerHost: 1,
      shutdownTimeout: 300_000,
      deadlines: { stop: 300_000, images: 3_600_000, idle: 30_000 },
      cluster: undefined,
      hooks,
    });
  });

  it("says of every key of a capture what is allowed", () => {
    const values = {
      "snapset:mode": "capture",
      "snapset:source": "source",
      "snapset:capture": "c".repeat(65),
      "snapset:deletionPolicy": "delete",
      "snapset:afterCapture": "start",
      "snapset:onFailure": "giveback",
      "snapset:consistency": "frozen",
      "snapset:volumes": '{"data":"skip"}',
      "snapset:parallelImages": "1001",
      "snapset:imagesPerHost": "2.5",
      "snapset:shutdownTimeout": "60",
    };
    expect(messageOf(values)).toBe(
      [
        "stack configuration: 9 problems",
        "  - snapset:capture: must be at most 64 characters",
        "  - snapset:deletionPolicy: must be one of Delete, Retain",
        "  - snapset:afterCapture: must be one of leave, resume",
        "  - snapset:onFailure: must be one of giveBack, keep",
        "  - snapset:consistency: must be one of shutdown, quiesce, crash",
        "  - snapset:volumes.data: must be one of include, empty, exclude",
        "  - snapset:parallelImages: must be at most 1000",
        "  - snapset:imagesPerHost: must be a whole number",
        "  - snapset:shutdownTimeout: must be a duration such as 60s, 5m, 25h or 30d, got 60",
      ].join("\n"),
    );
  });

  it.each(["many", ""])("takes no %j for a number", (value) => {
    const problem = messageOf({ "snapset:snapId": "latest", "snapset:imagesPerHost": value });
    expect(problem).toBe(
      `stack configuration: snapset:imagesPerHost: must be ${value === "" ? "at least 1" : "a number"}`,
    );
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
        "  - snapset:cluster.rotation.mode: must be one of gate, accelerate, wait, off",
        "  - snapset:cluster.kubeconfig: is missing: give the path of a kubeconfig, kubeconfigContent as a secret, or remoteKubeconfig and a bastion",
        "  - snapset:snapID: unknown key",
      ].join("\n"),
    );
  });

  it.each([
    ["restore", {}, "snapId: is missing; mode restore needs a snap_id, or latest"],
    [
      "restore",
      { "snapset:snapId": "latest", "snapset:allowExpired": "yes" },
      "allowExpired: must be true or false",
    ],
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

describe("a backup of etcd", () => {
  const bastion = { host: "203.0.113.7", user: "zuul" };
  const problemOf = (cluster: object) =>
    messageOf({
      "snapset:snapId": "latest",
      "snapset:cluster": JSON.stringify({ kubeconfig: "kubeconfig", ...cluster }),
    });

  it("needs a bastion to put it on, and SSH to a master", () => {
    const message =
      "stack configuration: snapset:cluster.etcdBackup: needs nodeAccess ssh, by which a master makes the backup, and a bastion, where it is put";
    expect(problemOf({ etcdBackup: "/backup" })).toBe(message);
    expect(problemOf({ etcdBackup: "/backup", bastion })).toBe(message);
    expect(problemOf({ etcdBackup: "/backup", nodeAccess: "ssh" })).toBe(message);
    const cluster = { kubeconfig: "kubeconfig", etcdBackup: "~/b", bastion, nodeAccess: "ssh" };
    expect(
      parseConfig({ "snapset:snapId": "latest", "snapset:cluster": JSON.stringify(cluster) }),
    ).toMatchObject({ cluster: { etcdBackup: "~/b" } });
  });

  it("is put where everybody means the same directory", () => {
    expect(problemOf({ etcdBackup: "backup", bastion, nodeAccess: "ssh" })).toBe(
      "stack configuration: snapset:cluster.etcdBackup: must be a directory on the bastion: an absolute path, or one that begins with ~/",
    );
  });
});

describe("parseClusterSettings", () => {
  function problemOf(value: string): string {
    try {
      parseClusterSettings(value);
    } catch (error) {
      if (error instanceof InputError) return error.message;
      throw error;
    }
    throw new Error("it was accepted");
  }

  it("is nothing where there is none", () => {
    expect(parseClusterSettings(undefined)).toBeUndefined();
  });

  it("reads the value of the key as the whole configuration does", () => {
    const value =
      '{"kubeconfigContent":"apiVersion: v1","rotation":{"mode":"wait"},"debugImage":"tools"}';
    const settings = parseClusterSettings(value);
    expect(settings).toEqual({
      kubeconfigContent: "apiVersion: v1",
      addresses: [],
      nodeAccess: {},
      stability: { beforeShutdown: 60_000, initial: 5000, extended: 60_000 },
      rounds: "proof",
      rotation: {
        mode: "wait",
        minValidity: 1_209_600_000,
        deadline: 93_600_000,
        wait: 90_000_000,
      },
      debugImage: "tools",
      drain: 30_000,
      deadline: 2_700_000,
    });
    const whole = parseConfig({ "snapset:snapId": "latest", "snapset:cluster": value });
    expect(whole.cluster).toEqual(settings);
  });

  it("names every problem at once, by key", () => {
    expect(problemOf('{"rotation":{"mode":"hope"},"deadline":"soon","image":"x"}')).toBe(
      [
        "snapset:cluster: 4 problems",
        "  - rotation.mode: must be one of gate, accelerate, wait, off",
        "  - deadline: must be a duration such as 60s, 5m, 25h or 30d, got soon",
        "  - image: unknown key",
        "  - kubeconfig: is missing: give the path of a kubeconfig, kubeconfigContent as a secret, or remoteKubeconfig and a bastion",
      ].join("\n"),
    );
  });

  it("takes one kubeconfig, and never tells the secret", () => {
    expect(problemOf('{"kubeconfig":"path","kubeconfigContent":"s3cret"}')).toBe(
      "snapset:cluster: kubeconfigContent: kubeconfig is given already",
    );
  });
});

describe("clusterSecretsOf", () => {
  it("finds the kubeconfig, the private keys and their passphrases, and nothing else", () => {
    const login = { user: "core", privateKey: "key", passphrase: "words" };
    const value = {
      kubeconfigContent: "apiVersion: v1",
      bastion: login,
      nodeAccess: { ssh: login },
    };
    expect(clusterSecretsOf(JSON.stringify(value))).toEqual({
      kubeconfigContent: "apiVersion: v1",
      bastion: { privateKey: "key", passphrase: "words" },
      nodeAccess: { privateKey: "key", passphrase: "words" },
    });
  });

  it.each([undefined, '{"kubeconfig":"path"}', '{"bastion":null,"nodeAccess":"ssh"}', "text"])(
    "is nothing in %j",
    (value) => {
      expect(clusterSecretsOf(value)).toEqual({ bastion: {}, nodeAccess: {} });
    },
  );
});
