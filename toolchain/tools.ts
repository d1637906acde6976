/** A program that is built from a Go module of its own, in a folder of `toolchain/tools`. */
export interface Tool {
  name: string;
  version: string;
  /** Folder in `toolchain/tools` with go.mod and go.sum, and the main package if it is ours. */
  folder: string;
  /** Main package, as `go build` takes it. */
  package: string;
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
