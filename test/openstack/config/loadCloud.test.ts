import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { stringify } from "yaml";
import { InputError } from "../../../common/errors";
import { loadCloud, type Choice } from "../../../openstack/config/loadCloud";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "clouds-"));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

const auth = {
  auth_url: "https://keystone.example/v3",
  username: "demo",
  password: "very-secret",
  project_name: "demo",
  user_domain_name: "Default",
  project_domain_name: "Default",
};

function write(path: string, content: unknown): string {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === "string" ? content : stringify(content));
  return file;
}

function load(choice: Choice = {}, env: NodeJS.ProcessEnv = {}) {
  return loadCloud(choice, { env, cwd: join(root, "cwd"), home: join(root, "home") });
}

function problemsOf(choice: Choice = {}, env: NodeJS.ProcessEnv = {}): string {
  try {
    load(choice, env);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error("no problem");
}

describe("where it looks", () => {
  const named = (region: string, more: object = {}) => ({
    clouds: { one: { auth, region_name: region, ...more } },
  });

  test("the file that the environment names, then cwd, then home", () => {
    write("home/.config/openstack/clouds.yaml", named("home"));
    expect(load().region).toBe("home");
    write("cwd/clouds.yaml", named("cwd"));
    expect(load().region).toBe("cwd");
    const file = write("named.yaml", named("named"));
    expect(load({}, { OS_CLIENT_CONFIG_FILE: file }).region).toBe("named");
    expect(load({}, { OS_CLIENT_CONFIG_FILE: join(root, "absent") }).region).toBe("cwd");
  });

  test("secure.yaml is merged, and wins", () => {
    const { password, ...open } = auth;
    write("cwd/clouds.yaml", { clouds: { one: { auth: open } } });
    write("home/.config/openstack/secure.yaml", { clouds: { one: { auth: { password } } } });
    expect(load().auth).toEqual({
      type: "password",
      user: { name: "demo", domain: { name: "Default" } },
      password,
      project: { name: "demo", domain: { name: "Default" } },
    });
  });

  test("broken YAML is named with its line, and not quoted", () => {
    const file = write("cwd/clouds.yaml", "clouds:\n  one:\n    password: [very-secret\n");
    expect(problemsOf()).toMatch(new RegExp(`^${file}: line \\d: not valid YAML$`));
  });
});

describe("which cloud", () => {
  const two = { clouds: { b: { auth }, a: { auth } } };

  test("the option, then OS_CLOUD, then the only one", () => {
    write("cwd/clouds.yaml", two);
    expect(load({ cloud: "a" }, { OS_CLOUD: "b" }).cloud).toBe("a");
    expect(load({}, { OS_CLOUD: "b" }).cloud).toBe("b");
    expect(problemsOf()).toBe(
      `cloud: none is chosen: set \`openstack:cloud\` or OS_CLOUD; ` +
        `clouds in ${root}/cwd/clouds.yaml: a, b`,
    );
    write("cwd/clouds.yaml", { clouds: { a: { auth } } });
    expect(load().cloud).toBe("a");
  });

  test("one that is not defined: the file and the clouds there are", () => {
    write("cwd/clouds.yaml", two);
    expect(problemsOf({ cloud: "c" })).toBe(
      `cloud \`c\`: is not defined; clouds in ${root}/cwd/clouds.yaml: a, b`,
    );
    expect(problemsOf({ cloud: "constructor" })).toContain("is not defined");
  });

  test("no file at all: where it was looked for", () => {
    expect(problemsOf({ cloud: "c" })).toContain(
      `there are no clouds in no file among ${root}/cwd/clouds.yaml, `,
    );
  });

  test("OS_* variables alone are the cloud `envvars`", () => {
    const env = Object.fromEntries(
      Object.entries(auth).map(([key, value]) => [`OS_${key.toUpperCase()}`, value]),
    );
    write("cwd/clouds.yaml", two);
    const settings = load({}, { ...env, OS_REGION_NAME: "R", OS_INSECURE: "true" });
    expect(settings).toMatchObject({
      cloud: "envvars",
      region: "R",
      authUrl: auth.auth_url,
      tls: { rejectUnauthorized: false },
    });
    expect(load({}, { ...env, OS_CLOUD: "a", OS_USERNAME: "other" }).auth).toMatchObject({
      user: { name: "demo" },
    });
  });
});

describe("what a cloud says", () => {
  function cloudOf(cloud: object, choice: Choice = {}, env: NodeJS.ProcessEnv = {}) {
    write("cwd/clouds.yaml", { clouds: { one: cloud } });
    return load(choice, env);
  }

  test.each([
    ["https://k:5000", "https://k:5000/v3"],
    ["https://k/identity/", "https://k/identity/v3"],
    ["https://k/identity/v3/", "https://k/identity/v3"],
    ["https://k/v2.0", "https://k/v3"],
  ])("auth_url %s is %s", (given, expected) => {
    expect(cloudOf({ auth: { ...auth, auth_url: given } }).authUrl).toBe(expected);
  });

  test("region: option, OS_REGION_NAME, the first of `regions`, `region_name`", () => {
    const cloud = { auth, regions: [{ name: "r1" }, "r2"], region_name: "r3" };
    expect(cloudOf(cloud, { region: "o" }, { OS_REGION_NAME: "e" }).region).toBe("o");
    expect(cloudOf(cloud, {}, { OS_REGION_NAME: "e" }).region).toBe("e");
    expect(cloudOf(cloud).region).toBe("r1");
    expect(cloudOf({ auth, region_name: "r3" }).region).toBe("r3");
  });

  test("application credentials, by id and by name", () => {
    const { auth_url } = auth;
    const secret = { application_credential_secret: "very-secret" };
    const type = { auth_type: "v3applicationcredential" };
    expect(
      cloudOf({ ...type, auth: { auth_url, ...secret, application_credential_id: "i" } }).auth,
    ).toEqual({ type: type.auth_type, credential: { id: "i" }, secret: "very-secret" });
    const byName = { application_credential_name: "n", user_id: "u" };
    expect(cloudOf({ ...type, auth: { auth_url, ...secret, ...byName } }).auth).toEqual({
      type: type.auth_type,
      credential: { name: "n", user: { id: "u" } },
      secret: "very-secret",
    });
  });

  test("a token, with old names and dashes, and numbers that YAML made of text", () => {
    const cloud = { "auth-type": "token", auth: { auth_url: auth.auth_url, "auth-token": 12345 } };
    expect(cloudOf(cloud).auth).toEqual({ type: "token", token: "12345", project: undefined });
    const tenant = { ...auth, project_name: undefined, tenant_name: 42 };
    expect(cloudOf({ auth: tenant }).auth).toMatchObject({ project: { name: "42" } });
  });

  test("endpoint overrides, interface and certificates", () => {
    write("ca.pem", "PEM");
    const settings = cloudOf({
      auth,
      interface: "internalURL",
      compute_endpoint_override: "http://c/v2.1/",
      volume_endpoint_override: "http://v",
      cacert: join(root, "ca.pem"),
    });
    expect(settings.interface).toBe("internal");
    expect(settings.endpointOverrides).toEqual({
      compute: "http://c/v2.1",
      "block-storage": "http://v",
    });
    expect(settings.tls).toEqual({ rejectUnauthorized: true, ca: "PEM" });
  });

  test("all problems at once, by key, without a secret", () => {
    write("cwd/clouds.yaml", {
      clouds: {
        one: {
          auth: { auth_url: "http://demo:very-secret@k", username: "demo", password: ["x"] },
          interface: "outside",
          verify: "perhaps",
          cacert: "absent.pem",
          key: "absent.key",
        },
      },
    });
    expect(problemsOf().split("\n")).toEqual([
      "cloud `one`: 10 problems",
      "  - auth.auth_url: must not hold a user or a password",
      "  - auth.password: must be text",
      "  - auth.user_domain_name: missing; the domain that the user `demo` is in, often `Default`",
      "  - auth.password: missing",
      "  - auth.project_name: missing, and so is auth.project_id; one of them is needed",
      "  - interface: must be public, internal or admin",
      "  - verify: must be true or false",
      `  - cacert: ${root}/cwd/absent.pem cannot be read (ENOENT)`,
      `  - key: ${root}/cwd/absent.key cannot be read (ENOENT)`,
      "  - cert: missing; `key` is given, the certificate it belongs to is not",
    ]);
  });

  test("whatever is missing, nothing but an InputError, and never the password", () => {
    fc.assert(
      fc.property(fc.subarray(Object.keys(auth)), fc.jsonValue(), (keys, odd) => {
        const given = Object.fromEntries(
          Object.entries(auth).map(([key, value]) => [key, keys.includes(key) ? odd : value]),
        );
        write("cwd/clouds.yaml", { clouds: { one: { auth: given } } });
        try {
          load();
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          expect(String(error)).not.toContain("very-secret");
        }
      }),
    );
  });
});
