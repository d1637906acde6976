/** A program that is built from a Go module of its own, in a folder of `toolchain/tools`. */
export interface Tool {
  name: string;
  version: string;
  /** Folder in `toolchain/tools` with go.mod and go.sum, and the main package if it is ours. */
  folder: string;
  /** Main package, as `go build` takes it. */
  package: string;
  /** More flags of `go build`. */
  flags?: readonly string[];
  /** Build tags. */
  tags: readonly string[];
  /** Go variables that are set when linking. */
  variables: Readonly<Record<string, string>>;
  /** Where it is put, below the toolchain's directory. */
  target: string;
  /** A script of the folder, and where it is put: what is found by its name, and starts the program. */
  launcher?: { source: string; target: string };
  /** How long a first build takes on two cores that have nothing else to do. */
  usually: string;
}

/** What running the program takes, in the order in which it is built. */
export const pulumiTools: readonly Tool[] = [
  {
    name: "pulumi",
    version: "3.259.0",
    folder: "pulumi",
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    tags: ["osusergo", "grpcnotrace"],
    variables: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": "v3.259.0" },
    target: "bin/pulumi",
    usually: "3 min",
  },
  {
    // The newest whose module is published with the language host in it; later CLIs work with it.
    name: "pulumi-language-nodejs",
    version: "3.68.0",
    folder: "language-nodejs",
    package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    tags: [],
    variables: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": "v3.68.0" },
    target: "bin/pulumi-language-nodejs-3.68.0",
    launcher: { source: "pulumi-language-nodejs", target: "bin/pulumi-language-nodejs" },
    usually: "30 s",
  },
  {
    name: "pulumi-resource-openstack",
    version: "3.15.2",
    folder: "openstack",
    package: "./cmd/pulumi-resource-openstack",
    tags: [],
    variables: {},
    target: "home/plugins/resource-openstack-v3.15.2/pulumi-resource-openstack",
    usually: "2 min",
  },
];

const kubernetesVersion = {
  gitVersion: "v1.36.3",
  gitMajor: "1",
  gitMinor: "36",
  gitTreeState: "clean",
};

/** What a Kubernetes API takes, for the tests of what is done to a cluster. */
export const kubernetesTools: readonly Tool[] = [
  {
    name: "etcd",
    version: "3.6.14",
    folder: "etcd",
    package: "go.etcd.io/etcd/server/v3",
    tags: [],
    variables: {},
    target: "bin/etcd",
    usually: "30 s",
  },
  kubernetesTool("kube-apiserver", "4 min"),
  kubernetesTool("kube-controller-manager", "1 min"),
  {
    name: "kwok",
    version: "0.8.0",
    folder: "kwok",
    package: "sigs.k8s.io/kwok/cmd/kwok",
    tags: [],
    variables: { "sigs.k8s.io/kwok/pkg/consts.Version": "v0.8.0" },
    target: "bin/kwok",
    usually: "1 min",
  },
];

function kubernetesTool(name: string, usually: string): Tool {
  const variables = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap(
    (module) =>
      Object.entries(kubernetesVersion).map(([key, value]) => [`${module}.${key}`, value]),
  );
  return {
    name,
    version: "1.36.3",
    folder: "kubernetes",
    package: `k8s.io/kubernetes/cmd/${name}`,
    // Its profiles are for large clusters; building with them takes several times as long.
    flags: ["-pgo=off"],
    tags: ["grpcnotrace"],
    variables: Object.fromEntries(variables) as Record<string, string>,
    target: `bin/${name}`,
    usually,
  };
}
