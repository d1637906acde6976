import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const root = resolve(__dirname, "..");

/** What each folder may import from, beside itself; the direction is one way. */
const allowed: Record<string, readonly string[]> = {
  common: [],
  snapset: ["common"],
  openstack: ["common"],
  openshift: ["common"],
  kubevirt: ["common", "openshift"],
  platforms: ["common", "snapset", "openstack", "openshift", "kubevirt"],
  dynamic: ["common", "snapset", "openstack", "openshift", "kubevirt", "platforms"],
  hotstack: ["common", "snapset"],
  components: ["common", "snapset", "openstack", "openshift", "platforms", "dynamic", "hotstack"],
  cli: ["common", "snapset", "openstack", "openshift", "kubevirt", "platforms"],
  toolchain: ["common"],
  sandbox: ["common", "snapset", "openstack", "openshift", "toolchain"],
  modes: ["common", "snapset", "platforms", "components", "dynamic"],
  library: ["common", "snapset", "openshift", "hotstack", "components", "modes"],
  "index.ts": ["common", "snapset", "modes"],
};

/** Folders of which only index.ts is for others. */
const closed = ["openstack", "openshift", "kubevirt", "hotstack"];

interface Import {
  from: string;
  to: string;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), "utf8");
  const specifiers = [...text.matchAll(/(?:from|require\(|import\()\s*"(\.[^"]*)"/g)].map(
    (it) => it[1] ?? "",
  );
  return specifiers
    .filter((specifier) => specifier !== "./dynamic/boot.cjs")
    .map((specifier) => ({
      from: file,
      to: relative(root, resolve(root, dirname(file), specifier)),
    }));
}

function sources(): string[] {
  return Object.keys(allowed).flatMap((place) =>
    place.endsWith(".ts")
      ? [place]
      : readdirSync(join(root, place), { recursive: true, encoding: "utf8" })
          .filter((file) => file.endsWith(".ts"))
          .map((file) => join(place, file)),
  );
}

const top = (path: string): string => path.split("/")[0] ?? "";

describe("the house", () => {
  const imports = sources().flatMap(importsOf);

  it("has imports to look at", () => {
    expect(imports.length).toBeGreaterThan(50);
  });

  it("imports one way only", () => {
    const wrong = imports.filter(
      ({ from, to }) => top(from) !== top(to) && !allowed[top(from)]?.includes(top(to)),
    );
    expect(wrong).toEqual([]);
  });

  it("enters the clients by their front door", () => {
    const wrong = imports.filter(
      ({ from, to }) => top(from) !== top(to) && closed.includes(top(to)) && to !== top(to),
    );
    expect(wrong).toEqual([]);
  });
});
