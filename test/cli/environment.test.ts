import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { environmentText, writeNew } from "../../cli/environment";
import { loadEnvironment } from "../../components/files";
import { parseEnvironment } from "../../snapset/environment/parse";
import { manifestOf, recordOf } from "../snapset/arbitraries";

const withUserData = (userData: string, name = "lab") =>
  parseEnvironment(
    {
      name,
      networks: [
        { name: "machine", subnets: [{ name: "s", cidr: "192.168.9.0/24", gatewayIp: null }] },
      ],
      nodes: [
        {
          name: "controller",
          role: "controller",
          flavor: "m1",
          userData,
          ports: [{ network: "machine" }],
        },
      ],
    },
    "test",
  );

const setWith = (environment: unknown) =>
  recordOf(manifestOf("AbCdEf12", { environment, capturedAt: "2026-11-21T10:00:00.000Z" }));

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), "snapset-environment-"))));
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe("the environment of a set", () => {
  it("is YAML that says what it is, with user data line by line", () => {
    const text = environmentText(setWith(withUserData("#cloud-config\nusers: []\n")));
    expect(text).toBe(
      [
        "# Environment lab of set AbCdEf12, captured 2026-11-21 10:00:00Z.",
        "# To restore the set into it, changed as you like:",
        "#   pulumi config set snapset:snapId AbCdEf12",
        "#   pulumi config set snapset:environment <this file>",
        "# To deploy it anew (snapset:mode deploy), each node needs an image.",
        "",
        "name: lab",
        "networks:",
        "  - name: machine",
        "    portSecurity: true",
        "    subnets:",
        "      - name: s",
        "        cidr: 192.168.9.0/24",
        "        gatewayIp: null",
        "        enableDhcp: true",
        "        dnsNameservers: []",
        "        allocationPools: []",
        "routers: []",
        "nodes:",
        "  - name: controller",
        "    role: controller",
        "    flavor: m1",
        "    configDrive: false",
        "    userData: |",
        "      #cloud-config",
        "      users: []",
        "    metadata: {}",
        "    ports:",
        "      - network: machine",
        "        fixedIps: []",
        "        allowedAddressPairs: []",
        "    volumes: []",
        "",
      ].join("\n"),
    );
  });

  it("is read again as it was, whatever the user data hold, and shows a terminal nothing to obey", () => {
    const file = join(directory, "environment.yaml");
    const line = fc.string({ unit: "grapheme" });
    const any = fc.oneof(
      line,
      fc.constantFrom(" \n", "\n \n", "\t\n", "a\n \n", "a\n ", " \na"),
      fc
        .array(fc.oneof(line, fc.constantFrom("\u001b[2J", "\r", "\u202e", "\t", " ", "\u0085")))
        .map((parts) => parts.join("\n")),
    );
    fc.assert(
      fc.property(any, (userData) => {
        const environment = withUserData(userData);
        const text = environmentText(setWith(environment));
        expect(text).not.toMatch(/(?![\n\t])[\p{Cc}\p{Bidi_Control}]/u);
        writeFileSync(file, text);
        expect(loadEnvironment(file, "restore")).toEqual(environment);
      }),
    );
  });

  it("may have a name that is no line of a comment", () => {
    const set = setWith(withUserData("x", "lab\u202e"));
    expect(environmentText(set).split("\n")[0]).toContain("lab\u{fffd} of set");
  });

  it("is refused where there is none", () => {
    expect(() => environmentText(setWith(null))).toThrow(
      "set AbCdEf12: it holds no environment of its own: Hotstack made it, or it is of an earlier version",
    );
  });

  it("is written to a new file, for its owner only", () => {
    writeNew("environment.yaml", directory, "name: lab\n");
    const path = join(directory, "environment.yaml");
    expect([readFileSync(path, "utf8"), statSync(path).mode & 0o777]).toEqual([
      "name: lab\n",
      0o600,
    ]);
    expect(() => {
      writeNew("environment.yaml", directory, "other");
    }).toThrow(/^environment\.yaml: .*EEXIST/);
  });
});
