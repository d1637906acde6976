import { InputError } from "../../../common/errors";
import { parseEnvironment } from "../../../snapset/environment/parse";
import { mergeHooks, missingValues } from "../../../snapset/hooks/merge";
import { hooksSchema, nameOfHook } from "../../../snapset/hooks/schema";

const environment = {
  name: "lab",
  networks: [{ name: "net", subnets: [{ name: "subnet", cidr: "192.168.32.0/24" }] }],
  nodes: [{ name: "controller", role: "controller", flavor: "small", ports: [{ network: "net" }] }],
};

function problemsOf(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  throw new Error("it was accepted");
}

const parse = (hooks: unknown) => parseEnvironment({ ...environment, hooks }, "lab.yaml");

describe("hooks of an environment", () => {
  it("are what they were when they come out of a manifest", () => {
    const hooks = {
      afterDeploy: [{ run: "make install", environment: { TOKEN: { config: "install:token" } } }],
    };
    const once = parse(hooks);
    expect(once.hooks).toEqual({
      afterDeploy: [
        {
          run: "make install",
          on: "local",
          timeout: "30m",
          environment: { TOKEN: { config: "install:token" } },
          triggers: [],
        },
      ],
      beforeCapture: [],
      afterRevive: [],
    });
    expect(parseEnvironment(once, "the manifest")).toEqual(once);
  });

  it("are refused with every problem, by key", () => {
    const bad = {
      afterDeploy: [
        { name: "a b", run: "", on: "moon", timeout: "0s", colour: 1 },
        { run: "x", environment: { "1A": "1", B: { config: "plain" }, SNAPSET_X: "1", C: 7 } },
        "make",
      ],
      afterCapture: [],
    };
    expect(problemsOf(() => parse(bad))).toEqual([
      "hooks.afterDeploy[0].name: must be 1 to 64 letters, digits, '.', '_' and '-'",
      "hooks.afterDeploy[0].run: must not be empty",
      "hooks.afterDeploy[0].on: must be one of local, controller",
      "hooks.afterDeploy[0].timeout: must be a duration such as 60s, 5m, 25h or 30d, got 0s",
      "hooks.afterDeploy[0].colour: unknown key",
      "hooks.afterDeploy[1].environment.B.config: must be a key of the configuration, such as install:pullSecret",
      "hooks.afterDeploy[1].environment.C: must be text, or {config: a key of the configuration, such as install:pullSecret}",
      "hooks.afterDeploy[2]: must be a hook: {run: a command}",
      "hooks.afterCapture: unknown key",
    ]);
    const names = { "1A": "1", SNAPSET_X: "1" };
    expect(problemsOf(() => parse({ afterDeploy: [{ run: "x", environment: names }] }))).toEqual([
      "hooks.afterDeploy[0].environment.1A: is no name of a variable: letters, digits and _",
      "hooks.afterDeploy[0].environment.SNAPSET_X: names that begin with SNAPSET_ are SnapSet's own",
    ]);
  });

  it("cannot have a name, or without one a command, twice", () => {
    const named = { name: "a", run: "1" };
    const hooks = { afterDeploy: [named, { run: "x" }, { ...named, run: "2" }, { run: "x" }] };
    expect(problemsOf(() => parse(hooks))).toEqual([
      "hooks.afterDeploy[2]: a is the name of [0] already",
      "hooks.afterDeploy[3]: is the same as [1]: give them names",
    ]);
  });

  it("are known by their name, or by their command", () => {
    expect(nameOfHook({ name: "a", run: "x" })).toBe("a");
    expect(nameOfHook({ run: "x" })).toBe("2d711642");
    expect(nameOfHook({ run: "y" })).not.toBe("2d711642");
  });
});

describe("hooks of a stack", () => {
  const own = hooksSchema.parse({ afterDeploy: [{ name: "a", run: "1" }] });

  it("come after those of the environment", () => {
    const stack = hooksSchema.parse({ afterDeploy: [{ name: "b", run: "2" }] });
    expect(mergeHooks(own, stack).afterDeploy.map(nameOfHook)).toEqual(["a", "b"]);
    expect(mergeHooks(undefined, stack).afterDeploy.map(nameOfHook)).toEqual(["b"]);
  });

  it("are refused when the environment has one of that name", () => {
    expect(problemsOf(() => mergeHooks(own, own))).toEqual([
      "afterDeploy[1]: a is the name of [0] already",
    ]);
  });

  it("are told what the configuration lacks", () => {
    const { afterRevive: hooks } = hooksSchema.parse({
      afterRevive: [{ name: "a", run: "1", environment: { A: { config: "x:y" }, B: "b" } }],
    });
    expect(missingValues(hooks, () => false)).toEqual([
      "hook a: environment.A: there is no x:y: pulumi config set --secret x:y",
    ]);
    expect(missingValues(hooks, (key) => key === "x:y")).toEqual([]);
  });
});
