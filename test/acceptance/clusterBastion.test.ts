import { readFileSync } from "node:fs";
import type { CaptureOutputs } from "../../platforms/capture/types";
import { changeCluster } from "../../sandbox/openshift";
import { Sshd, until } from "../openshift/ssh/sshd";
import { addresses, BastionCloud, folder, sshd } from "./BastionCloud";
import { captureOf, failureOf } from "./FaultyCloud";

jest.setTimeout(120_000);

let lab: BastionCloud;

beforeAll(() => sshd.start());
beforeEach(async () => {
  lab = await BastionCloud.open();
});
afterEach(() => lab.close());
afterAll(async () => {
  await Sshd.stopAll();
  folder.remove();
});

/** Captures the environment with its cluster and leaves it off. */
async function captured() {
  const { inputs, on } = lab.configure();
  return on.capture(captureOf(lab.instances, { cluster: inputs }));
}

describe("a cluster behind a bastion", () => {
  it("is captured and brought back with a kubeconfig that is there, and secrets stay secret", async () => {
    const locked = folder.makeKey("locked", "open sesame");
    const jump = new Sshd(folder, "locked-bastion", [locked], addresses.controller);
    await jump.start();
    folder.write("known_hosts", jump.knownHost());
    const privateKey = readFileSync(locked.file, "utf8");
    const login = { keyFile: undefined, privateKey, passphrase: "open sesame", port: jump.port };
    const { inputs, on } = lab.configure({ ...login, host: undefined });
    const outs = await on.capture(
      captureOf(lab.instances, { cluster: inputs, afterCapture: "resume" }),
    );
    expect(outs.phase).toBe("committed");
    expect(outs.progress.timings.at(-1)?.evidence).toMatch(/cluster revived, uncordoned: master0$/);
    expect(lab.cloud.manifestOf("faults01").members.map(({ stop }) => stop)).toEqual([
      "graceful",
      "inside",
    ]);
    expect(await lab.cordoned()).toBe(0);
    for (const secret of [privateKey.slice(100, 140), "open sesame", "sandbox-kubeadmin"]) {
      expect(JSON.stringify(outs)).not.toContain(secret);
    }
    await until(() => jump.sessions() === 0);
    await jump.stop();
  });

  it("is revived although the way there is cut twice", async () => {
    const outs = await captured();
    lab.start();
    const { inputs, on } = lab.configure();
    const logins = () => sshd.log.match(/Accepted publickey/g)?.length ?? 0;
    const before = logins();
    const reviving = on.revive(lab.revivalOf(outs, inputs));
    await until(() => logins() > before);
    sshd.cut();
    await until(() => logins() > before + 1);
    sshd.cut();
    const { phase, evidence } = await reviving;
    expect([phase, evidence?.uncordoned]).toEqual(["revived", ["master0"]]);
    expect(logins()).toBeGreaterThan(before + 2);
    await until(() => sshd.sessions() === 0);
  });

  it.each([
    ["ahead", 1],
    ["behind", -1],
  ])("is revived although its clock is a day %s", async (_, days) => {
    const outs = await captured();
    lab.start();
    lab.cloud.world.clock.advance(5000);
    await until(() => lab.model().guests.length === 1);
    const ours = Date.now() - lab.cloud.world.clock.nowMs();
    changeCluster(lab.model(), { clockSkewMs: days * 86_400_000 + ours });
    const { inputs, on } = lab.configure();
    const { evidence } = await on.revive(lab.revivalOf(outs, inputs));
    expect(Math.round((evidence?.clockSkewMs ?? 0) / 3_600_000)).toBe(days * 24);
    expect(evidence?.uncordoned).toEqual(["master0"]);
  });

  it("is waited for, as the bastion boots, too", async () => {
    const outs = await captured();
    lab.start();
    await sshd.stop();
    const { inputs, on } = lab.configure();
    const reviving = on.revive(lab.revivalOf(outs, inputs));
    lab.cloud.world.clock.advance(30_000);
    await sshd.start();
    expect((await reviving).phase).toBe("revived");
  });
});

describe("a bastion that is not as it was told", () => {
  /** Nothing of the cluster or its servers has been changed. */
  const expectUntouched = async () => {
    expect(lab.cloud.states()).toEqual({ controller: "ACTIVE", master0: "ACTIVE" });
    expect(await lab.cordoned()).toBe(0);
    expect(lab.cloud.leftovers("faults01")).toEqual([]);
  };

  /** What is wrong with the configuration is put right there, and the next `up` goes on. */
  const expectGoingOn = async (kept: CaptureOutputs | undefined) => {
    expect([kept?.phase, kept?.progress.stopped]).toEqual(["unfinished", {}]);
    const { inputs, on } = lab.configure();
    if (kept === undefined) throw new Error("nothing is kept");
    const { phase } = await on.resume(kept, captureOf(lab.instances, { cluster: inputs }));
    expect(phase).toBe("committed");
  };

  it("refuses our key: told at once, with the key", async () => {
    const other = folder.makeKey("other");
    const { inputs, on } = lab.configure({ keyFile: other.file });
    const capturing = on.capture(captureOf(lab.instances, { cluster: inputs }));
    const { message, kept } = await failureOf(capturing);
    expect(message).toMatch(
      /bastion \S+@127\.0\.9\.4:\d+: the login is refused with the key SHA256:\S+ \(\S+other\); does ~\S+\/\.ssh\/authorized_keys there hold it\?/,
    );
    expect(kept?.phase).toBe("given back");
    await expectUntouched();
  });

  it("shows another host key: told at once, with both", async () => {
    const before = folder.makeKey("before");
    folder.write("known_hosts", `[${addresses.controller}]:${sshd.port} ${before.publicKey}\n`);
    const { inputs, on } = lab.configure();
    const capturing = on.capture(captureOf(lab.instances, { cluster: inputs }));
    const { message } = await failureOf(capturing);
    expect(message).toMatch(
      /the host key has changed: it shows ssh-ed25519 SHA256:\S+, known is ssh-ed25519 SHA256:\S+ \(\S+known_hosts:1\)/,
    );
    await expectUntouched();
  });

  it("has no such kubeconfig: told at once", async () => {
    const { inputs, on } = lab.configure({}, { remoteKubeconfig: "/no/kubeconfig" });
    const capturing = on.capture(captureOf(lab.instances, { cluster: inputs }));
    const { message, kept } = await failureOf(capturing);
    expect(message).toMatch(/\/no\/kubeconfig on bastion \S+: there is no such file/);
    await expectGoingOn(kept);
  });
});

describe("host keys on the console", () => {
  const console = { knownHosts: undefined, hostKey: "console" };

  it("are trusted once cloud-init has printed them, and remembered when the server is started anew", async () => {
    const outs = await captured();
    lab.start();
    const { inputs, on } = lab.configure(console);
    const impatient = { ...inputs, deadline: 1000 };
    const { message } = await failureOf(on.revive(lab.revivalOf(outs, impatient)));
    expect(message).toMatch(
      /waiting for the SSH host keys of bastion 127\.0\.9\.4 on its server's console; last seen: none on the console of controller; cloud-init prints them at a server's first boot only/,
    );
    lab
      .guest("controller")
      .console.push(
        "-----BEGIN SSH HOST KEY KEYS-----",
        `${sshd.hostKey.publicKey} root@controller`,
        "-----END SSH HOST KEY KEYS-----",
      );
    expect((await on.revive(lab.revivalOf(outs, inputs))).phase).toBe("revived");
    lab.cloud.stop("controller");
    lab.cloud.start("controller");
    expect(lab.guest("controller").console.join()).not.toContain("HOST KEY");
    expect((await on.revive(lab.revivalOf(outs, inputs))).phase).toBe("revived");
  });
});

describe("the kubeconfig of another cluster", () => {
  it("shuts nothing down, though that cluster has the same addresses", async () => {
    const [, twin] = lab.openTwin();
    const { inputs, on } = lab.configure();
    const capturing = on.capture(captureOf(lab.instances, { cluster: inputs }));
    const { message, kept } = await failureOf(capturing);
    expect(message).toContain("is not the cluster of the captured servers");
    expect(message).toContain(
      `node twin-master0 (127.0.9.10) runs on server twin-master0 (${twin?.uuid ?? ""}), which is not captured`,
    );
    expect(kept?.progress.stopped).toEqual({});
    expect(lab.cloud.states()).toEqual({
      controller: "ACTIVE",
      master0: "ACTIVE",
      "twin-controller": "ACTIVE",
      "twin-master0": "ACTIVE",
    });
    expect(await lab.cordoned()).toBe(0);
  });

  it("is not revived as the captured one", async () => {
    const outs = await captured();
    lab.start();
    const { inputs, on } = lab.configure();
    const revival = lab.revivalOf(outs, inputs);
    const facts = revival.facts && { ...revival.facts, clusterId: "another" };
    const { message } = await failureOf(on.revive({ ...revival, facts }));
    expect(message).toMatch(/is another cluster: its id is \S+, that of the captured one another/);
    expect(await lab.cordoned()).toBe(1);
  });

  it("is not taken for the restored one though it is its twin", async () => {
    const outs = await captured();
    lab.start();
    const { inputs, on } = lab.configure();
    const revival = { ...lab.revivalOf(outs, inputs), environment: ["another-server"] };
    const { message } = await failureOf(on.revive(revival));
    expect(message).toMatch(
      /is the cluster of another environment: node master0 runs on server master0 \(\S+\), which is not of this environment/,
    );
  });
});
