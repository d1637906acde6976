import { kubeVirtInputsOf, type KubeVirtInputs } from "../../platforms/kubevirt/inputs";
import { KubeVirtLab } from "../../sandbox/KubeVirtLab";
import { kubevirtSettings } from "../../snapset/kubevirt/settings";
import { Folder, Sshd, until, user } from "../openshift/ssh/sshd";
import { Application, failureOf, parks } from "./kubevirt/Application";

jest.setTimeout(120_000);

const folder = new Folder();
const key = folder.makeKey("key");
const sshd = new Sshd(folder, "bastion", [key], "127.0.9.20");
let lab: KubeVirtLab;

beforeAll(async () => {
  await sshd.start();
  lab = await new KubeVirtLab().open();
  folder.write("kubeconfig", lab.kubeconfig);
  folder.write("known_hosts", sshd.knownHost());
});
afterAll(async () => {
  await lab.close();
  await Sshd.stopAll();
  folder.remove();
});

/** `snapset:kubevirt` as a user writes it, of an OpenShift that is behind a bastion. */
function behindBastion(bastion: object = {}): Partial<KubeVirtInputs> {
  const login = { user, keyFile: key.file, knownHosts: `${folder.path}/known_hosts` };
  const settings = kubevirtSettings.parse({
    remoteKubeconfig: "~/kubeconfig",
    bastion: { host: sshd.address, port: sshd.port, ...login, ...bastion },
    namespace: lab.namespace,
    acceptPartial: true,
  });
  const { kubeconfig, remoteKubeconfig, bastion: inputs } = kubeVirtInputsOf(settings);
  return { kubeconfig, remoteKubeconfig, bastion: inputs };
}

const logins = () => sshd.log.match(/Accepted publickey/g)?.length ?? 0;

describe("virtual machines in an OpenShift behind a bastion", () => {
  it("are captured and restored with the kubeconfig that lies there, and no connection is left", async () => {
    const before = logins();
    const app = await Application.start(lab, behindBastion());
    const { manifest } = await app.capture();
    await app.start();
    await app.guest(app.db).remove(parks);
    await app.machines.restore(manifest);
    expect((await app.guest(app.db).files())[parks]).toBe("Yosemite");
    expect(logins()).toBeGreaterThan(before);
    await until(() => sshd.sessions() === 0);
  });

  it("are thawed although the way there is cut while they are frozen", async () => {
    const app = await Application.start(lab, behindBastion());
    let isCut = false;
    app.machines.onReport = (line) => {
      if (isCut || !line.startsWith("snapshots:")) return;
      isCut = true;
      sshd.cut();
    };
    const before = logins();
    const { progress } = await app.capture({ consistency: "quiesce" });
    expect(isCut).toBe(true);
    expect(logins()).toBeGreaterThan(before + 1);
    expect(progress.frozen).toMatchObject({ members: app.names, isThawed: true });
    expect(await app.frozen()).toEqual([]);
    await until(() => sshd.sessions() === 0);
  });

  it("are left alone when the bastion is not the one that was known", async () => {
    const other = folder.makeKey("other-host");
    folder.write("known_elsewhere", `[${sshd.address}]:${sshd.port} ${other.publicKey}\n`);
    const knownHosts = `${folder.path}/known_elsewhere`;
    const app = await Application.start(lab, behindBastion({ knownHosts }));
    const before = lab.requests().length;
    expect(await failureOf(app.capture())).toMatch(/host key/i);
    expect(lab.requests()).toHaveLength(before);
  });
});
