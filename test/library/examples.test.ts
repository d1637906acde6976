import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { PulumiProject, type Run } from "../../sandbox/pulumiProject";
import { parseSnapsetData } from "../../snapset/snapsetData";
import { pulumiEnvironment } from "../../toolchain/environment";
import { addressesOf } from "../acceptance/cloud";
import { sandboxCloud } from "../acceptance/sandboxCloud";
import { packedPrograms, run, type PackedPrograms } from "./packedProject";

jest.setTimeout(400_000);

const root = resolve(__dirname, "../..");
const address = { mac: "fa:16:9e:80:00:05", ip: "192.168.80.254" };
const nothingChanged = /Resources:\n\s+\d+ unchanged\n/;

interface Outputs {
  snap_id: string;
  snapset_data: { instances: Record<string, { uuid: string }> };
  stack_outputs: Record<string, unknown>;
}

describe("the package in somebody else's programs", () => {
  let programs: PackedPrograms;
  let opened: Awaited<ReturnType<typeof sandboxCloud>>;
  const projects = new Map<string, PulumiProject>();

  beforeAll(async () => {
    programs = packedPrograms();
    opened = await sandboxCloud();
  });

  afterAll(async () => {
    await opened.close();
    programs.remove();
  });

  /** An example, with a stack `dev`. */
  async function projectOf(example: string, config: object): Promise<PulumiProject> {
    const place = join(programs.directory, `pulumi-${example}`);
    mkdirSync(place);
    const env = { ...pulumiEnvironment(root), ...opened.cloud.env };
    const project = new PulumiProject(programs.of(example), place, env);
    const own = Object.entries(config).map(
      ([key, value]: [string, unknown]) => [`snapset-example-${example}:${key}`, value] as const,
    );
    const all = new Map([["openstack:cloud", "sandbox"], ...own]);
    await project.createStack("dev", Object.fromEntries(all));
    projects.set(example, project);
    return project;
  }
  const succeed = (result: Run): string => {
    if (result.code !== 0) throw new Error(`exit code ${result.code}\n${result.output}`);
    return result.output;
  };
  const outputs = async (example: string) =>
    (await projects.get(example)?.outputs("dev")) as unknown as Outputs;

  it("compiles strictly, with types of its own", () => {
    const compilerOptions = {
      module: "nodenext",
      moduleResolution: "nodenext",
      target: "es2022",
      strict: true,
      skipLibCheck: true,
      noEmit: true,
      types: [],
    };
    const file = join(programs.directory, "tsconfig.json");
    writeFileSync(file, JSON.stringify({ compilerOptions, include: ["examples/*/*.ts"] }));
    const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
    expect(run(process.execPath, [tsc, "-p", file], programs.directory)).toBe("");
    const wrong = join(programs.of("deploy"), "wrong.ts");
    const server = "{ server: { flavour: 1 } }";
    const call = `new Environment("lab", { spec: loadEnvironment("x"), transform: ${server} });`;
    writeFileSync(wrong, `import { Environment, loadEnvironment } from "snapset";\n${call}\n`);
    expect(() => run(process.execPath, [tsc, "-p", file], programs.directory)).toThrow("flavour");
    run("rm", [wrong, file], programs.directory);
  });

  it("deploys from YAML, with what a transform makes of its servers", async () => {
    const project = await projectOf("deploy", { flavor: "hotstack.medium" });
    succeed(await project.up("dev"));
    const { snapset_data } = await outputs("deploy");
    expect(await addressesOf(opened.cloud.client, snapset_data)).toEqual({ controller: address });
    const servers = opened.sandbox.world.compute.servers.all();
    expect(servers.map(({ flavor }) => flavor.name)).toEqual(["hotstack.medium"]);
    expect(succeed(await project.up("dev"))).toMatch(nothingChanged);
  });

  it("captures servers that are given", async () => {
    const { snapset_data } = await outputs("deploy");
    const servers = parseSnapsetData(snapset_data, "the deployment");
    const project = await projectOf("capture", { servers });
    succeed(await project.up("dev"));
    const { snap_id } = await outputs("capture");
    const images = await opened.cloud.client.image.listImages({ tags: [`snap_id=${snap_id}`] });
    expect(images.map(({ status }) => status)).toEqual(["active"]);
    expect(succeed(await project.up("dev"))).toMatch(nothingChanged);
    const state = readFileSync(statePath("capture"), "utf8");
    expect(state).toContain("snapset/dynamic/boot.cjs");
    expect(state).not.toContain("./dynamic/boot.cjs");
  });

  const statePath = (example: string) =>
    join(
      ...[programs.directory, `pulumi-${example}`, "backend", ".pulumi", "stacks"],
      ...[`snapset-example-${example}`, "dev.json"],
    );

  it("restores a set beside its source, and destroys what it made", async () => {
    const { snap_id: snapId } = await outputs("capture");
    const project = await projectOf("restore", { snapId });
    succeed(await project.up("dev"));
    const result = await outputs("restore");
    expect(result.snap_id).toBe(snapId);
    expect(await addressesOf(opened.cloud.client, result.snapset_data)).toEqual({
      controller: address,
    });
    expect(succeed(await project.up("dev"))).toMatch(nothingChanged);
    succeed(await project.destroy("dev"));
    succeed(await (projects.get("capture") ?? project).destroy("dev"));
    expect(await opened.cloud.client.image.listImages({ tags: ["hotstack-snapset"] })).toEqual([]);
  });

  it("deploys a Hotstack scenario", async () => {
    const variables = { lab_flavor: "hotstack.large" };
    const project = await projectOf("hotstack", { variables });
    succeed(await project.up("dev"));
    const { stack_outputs, snapset_data } = await outputs("hotstack");
    expect(stack_outputs).toEqual({
      controller_mac: "fa:16:9e:81:00:05",
      flavor: "hotstack.large",
    });
    expect(await addressesOf(opened.cloud.client, snapset_data)).toEqual({
      controller: { mac: "fa:16:9e:81:00:05", ip: "192.168.81.254" },
    });
  });

  it("tells bad input of its loaders as Pulumi tells its own", async () => {
    const file = join(programs.of("deploy"), "lab.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("192.168.80.254", "10.0.0.1"));
    const result = await projects.get("deploy")?.preview("dev");
    expect(result?.code).not.toBe(0);
    expect(result?.output).toContain("lab.yaml: nodes[0].ports[0].fixedIps[0]");
    expect(result?.output).not.toContain("at Object");
  });

  it("brings its command along", () => {
    const command = join(programs.directory, "node_modules/snapset/cli/snapset.cjs");
    expect(run(process.execPath, [command, "--help"], programs.directory)).toContain("latest");
  });
});
