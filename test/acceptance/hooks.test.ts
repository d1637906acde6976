import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { Run } from "../../sandbox/pulumiProject";
import { PulumiProject } from "../../sandbox/pulumiProject";
import { statusOf } from "../../sandbox/world/compute/records";
import { pulumiEnvironment } from "../../toolchain/environment";
import { isRunning } from "../command/isRunning";
import { withCommandPlugin } from "../command/install";
import { Folder, Sshd, until, user } from "../openshift/ssh/sshd";
import { sandboxCloud } from "./sandboxCloud";

jest.setTimeout(300_000);

const root = process.cwd();
const folder = new Folder();
const key = folder.makeKey("key");
const sshd = new Sshd(folder, "controller", [key], "127.0.11.4");
/** A secret whose text also has what a shell would take for its own. */
const password = `s3cr3t' "$(id)" \`id\` \\ ü`;
const nothingChanged = /Resources:\n\s+\d+ unchanged\n/;

interface Outputs {
  snap_id: string;
  snapset_data: { instances: Record<string, { uuid: string }> };
  controller_ansible_host: { ansible_host: string };
}

describe("hooks", () => {
  let opened: Awaited<ReturnType<typeof sandboxCloud>>;
  let project: PulumiProject;
  const place = join(folder.path, "pulumi");
  const environment = join(folder.path, "lab.yaml");
  const notes = join(folder.path, "notes");

  /** What the hooks have written so far; it is forgotten then. */
  const said = (): string[] => {
    const text = existsSync(notes) ? readFileSync(notes, "utf8") : "";
    writeFileSync(notes, "");
    return text.split("\n").filter((line) => line !== "");
  };
  const note = (text: string) => `echo ${text} >> '${notes}'`;
  const setHooks = (hooks: object): void => {
    const base = parse(readFileSync("test/acceptance/two-guests.yaml", "utf8")) as object;
    writeFileSync(environment, stringify({ ...base, hooks }));
  };
  const outputs = async (stack: string) => (await project.outputs(stack)) as unknown as Outputs;
  const succeed = (run: Run): string => {
    if (run.code !== 0) throw new Error(`exit code ${run.code}\n${run.output}`);
    return run.output;
  };

  const controller = {
    host: sshd.address,
    user,
    keyFile: key.file,
    hostKey: sshd.hostKey.publicKey,
  };
  const afterDeploy = [
    {
      name: "first",
      run: `${note("first of $(pwd)")}; echo seen by std$((1)); echo seen by std$((2)) >&2`,
    },
    {
      name: "second",
      run: `[ "$(tail -n 1 '${notes}' | cut -d' ' -f1)" = first ] && ${note('"$PASSWORD|$SNAPSET_CONTROLLER_IP|$SNAPSET_DATA"')}`,
      environment: { PASSWORD: { config: "install:password" } },
    },
    {
      name: "third",
      on: "controller",
      run: `${note('"it\'s $SSH_CONNECTION|$PASSWORD|$SNAPSET_DATA"')}; cat >> '${notes}'`,
      environment: { PASSWORD: { config: "install:password" } },
    },
  ];
  const beforeCapture = [{ name: "note", run: note('"before $SNAPSET_SNAP_ID"') }];
  const afterRevive = [{ name: "note", run: note('"after $SNAPSET_SNAP_ID"') }];
  const all = { afterDeploy, beforeCapture, afterRevive };

  beforeAll(async () => {
    await sshd.start();
    mkdirSync(place);
    opened = await sandboxCloud();
    const env = withCommandPlugin(pulumiEnvironment(root), folder.path);
    project = new PulumiProject(root, place, { ...env, ...opened.cloud.env });
    const common = { "openstack:cloud": "sandbox" };
    const own = { "snapset:environment": environment };
    const hooks = { "snapset:hooks": { controller: { ...controller, port: sshd.port } } };
    await project.createStack("source", { ...common, ...own, ...hooks });
    const set = ["set", "--secret", "install:password", "--", password];
    succeed(await project.onStack("config", "source", set));
    await project.createStack("snapshot", common);
    await project.createStack("dev", { ...common, "snapset:environment": undefined });
  });

  afterAll(async () => {
    await Sshd.stopAll();
    await opened.close();
    folder.remove();
  });

  it("say all that is wrong with them before anything is made", async () => {
    const broken = { name: "x y", run: "true", environment: { "A-B": "1", SNAPSET_A: "1" } };
    setHooks({ afterDeploy: [broken, { run: " ", timeout: "0s" }] });
    const run = await project.up("source");
    expect(run.code).not.toBe(0);
    for (const problem of [
      "hooks.afterDeploy[0].name: must be 1 to 64 letters, digits, '.', '_' and '-'",
      "hooks.afterDeploy[0].environment.A-B: is no name of a variable: letters, digits and _",
      "hooks.afterDeploy[0].environment.SNAPSET_A: names that begin with SNAPSET_ are SnapSet's own",
      "hooks.afterDeploy[1].run: must not be empty",
      "hooks.afterDeploy[1].timeout: must be a duration such as 60s, 5m, 25h or 30d, got 0s",
    ]) {
      expect(run.output).toContain(problem);
    }
    expect(opened.sandbox.world.compute.servers.all()).toEqual([]);
  });

  it("fail an up with what they said, and what they began ends with their time-out", async () => {
    const pidFile = join(folder.path, "pid");
    const slow = `echo about to wait >&2; sleep 600 & echo $! > '${pidFile}'; wait`;
    setHooks({ afterDeploy: [{ name: "slow", run: slow, timeout: "2s" }] });
    const run = await project.up("source");
    expect(run.code).not.toBe(0);
    expect(run.output).toContain("about to wait");
    expect(run.output).toContain("hook slow: ended by its time-out of 2s");
    const pid = readFileSync(pidFile, "utf8").trim();
    await until(() => !isRunning(pid));
    expect(opened.sandbox.world.compute.servers.all()).toHaveLength(2);
  });

  it("run in their order, know their environment, and show what they say", async () => {
    setHooks(all);
    const output = succeed(await project.up("source"));
    const { snapset_data, controller_ansible_host: host } = await outputs("source");
    const [first = "", second = "", third = "", ...rest] = said();
    expect(first).toBe(`first of ${root}`);
    const knows = `${password}|${host.ansible_host}|`;
    expect(second.slice(0, knows.length)).toBe(knows);
    expect(JSON.parse(second.slice(knows.length))).toEqual(snapset_data);
    const connection = `127\\.0\\.0\\.1 [0-9]+ ${sshd.address} ${sshd.port}`;
    expect(third).toMatch(new RegExp(`^it's ${connection}\\|`));
    const data = JSON.stringify(JSON.parse(second.slice(knows.length)));
    expect(third.endsWith(`|${password}|${data}`)).toBe(true);
    expect(rest).toEqual([]);
    expect(output).toContain("seen by std1");
    expect(output).toContain("seen by std2");
    expect(output).not.toContain("s3cr3t");
  });

  it("do not run again when nothing, or nothing that asks for it, has changed", async () => {
    expect(succeed(await project.up("source"))).toMatch(nothingChanged);
    const [first, ...others] = afterDeploy;
    setHooks({ ...all, afterDeploy: [{ ...first, environment: { A: "b" } }, ...others] });
    succeed(await project.up("source"));
    expect(said()).toEqual([]);
  });

  it("run again with what is so by then when a trigger or the command changes", async () => {
    const [first, second, third] = afterDeploy;
    const run = note('"anew $A $B"');
    const changed = { ...second, run, environment: { B: "b" } };
    setHooks({
      ...all,
      afterDeploy: [
        { ...first, run: note('"first $A"'), environment: { A: "a" }, triggers: ["1"] },
        changed,
        third,
      ],
    });
    succeed(await project.up("source"));
    expect(said()).toEqual(["first a", "anew  b"]);
    setHooks(all);
    succeed(await project.up("source"));
    expect(said()).toHaveLength(2);
  });

  it("leave no secret in what Pulumi writes", () => {
    const [, secretLine = ""] = readFileSync(key.file, "utf8").split("\n");
    const written = readdirSync(place, { recursive: true, encoding: "utf8" })
      .map((name) => join(place, name))
      .filter((path) => statSync(path).isFile())
      .map((path) => readFileSync(path, "utf8"));
    const holds = (text: string) => written.some((it) => it.includes(text));
    expect(holds("command:remote:Command")).toBe(true);
    expect(["s3cr3t", secretLine, "seen by std1"].map(holds)).toEqual([false, false, false]);
  });

  it("fail a capture before it has touched a server", async () => {
    const servers = () => opened.sandbox.world.compute.servers.all().map(statusOf);
    project.configure("snapshot", {
      "snapset:hooks": { beforeCapture: [{ name: "refuse", run: "echo not yet >&2; exit 3" }] },
    });
    const run = await project.up("snapshot");
    expect(run.code).not.toBe(0);
    expect(run.output).toContain("not yet");
    expect(servers()).toEqual(["ACTIVE", "ACTIVE"]);
    expect(await opened.cloud.client.image.listImages({ tags: ["hotstack-snapset"] })).toEqual([]);
    said();
  });

  it("run before each capture that is asked for, and before no other", async () => {
    project.configure("snapshot", { "snapset:hooks": undefined });
    succeed(await project.up("snapshot"));
    const first = (await outputs("snapshot")).snap_id;
    expect(said()).toEqual([]);
    expect(succeed(await project.up("snapshot"))).toMatch(nothingChanged);
    project.configure("snapshot", { "snapset:capture": "2" });
    succeed(await project.up("snapshot"));
    const second = (await outputs("snapshot")).snap_id;
    expect(second).not.toBe(first);
    expect(said()).toEqual([`before ${second}`]);
  });

  it("of a set are not run unless the stack says so", async () => {
    const run = succeed(await project.up("dev"));
    expect(run).toContain("the set brings hooks along, which are not run: note.");
    expect(said()).toEqual([]);
    const alone = { "snapset:environment": undefined };
    project.configure("dev", { ...alone, "snapset:hooks": { fromSet: true } });
    succeed(await project.up("dev"));
    expect(said()).toEqual([`after ${(await outputs("snapshot")).snap_id}`]);
    expect(succeed(await project.up("dev"))).toMatch(nothingChanged);
    expect(said()).toEqual([]);
  });
});
