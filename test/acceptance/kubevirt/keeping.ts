import type { KubeVirtUnderTest } from "../KubeVirtUnderTest";
import { Application, failureOf } from "./Application";

/** Sets once they are made: listed, judged, deleted. */
export function describeKeeping(on: () => KubeVirtUnderTest): void {
  test("delete an existing VM snapshot: a set goes uncommitted first, and what is not its own stays", async () => {
    const app = await Application.start(on());
    const { manifest } = await app.capture();
    await app.snapshotByHand(app.db, `${app.db}-by-hand`);
    const before = app.changes().length;
    await app.machines.remove(manifest);
    const [first] = app.changes().slice(before);
    expect(first).toBe(`PATCH ${manifest.members[0]?.imageName ?? ""}`);
    const left = await app.snapshots();
    expect(left.map(({ metadata }) => metadata.name)).toEqual([`${app.db}-by-hand`]);
    expect(await app.machines.remove(manifest)).toBe("0 snapshots deleted");
  });

  test("deletionPolicy Retain: the content outlives a snapshot that somebody deletes, and goes with the set", async () => {
    const app = await Application.start(on());
    const { manifest } = await app.capture({ deletionPolicy: "Retain" });
    const [db] = manifest.members;
    expect((await app.snapshots()).map(({ spec }) => spec)).toEqual([
      expect.objectContaining({ deletionPolicy: "Retain" }),
      expect.objectContaining({ deletionPolicy: "Retain" }),
    ]);
    await app.deleteSnapshot(db?.imageName ?? "");
    const contents = await on().list("virtualmachinesnapshotcontents");
    const names = contents.map(({ metadata }) => metadata.name);
    expect(names).toContain(db?.virtualMachine?.contentName);
    await app.machines.remove(manifest);
    expect(await app.leftovers()).toEqual([]);
  });

  test("deletionPolicy Delete: the content goes with its snapshot", async () => {
    const app = await Application.start(on());
    const { manifest } = await app.capture();
    await app.machines.remove(manifest);
    expect(await app.leftovers()).toEqual([]);
  });

  test("snapshots cannot be changed after creation", async () => {
    const app = await Application.start(on());
    const { manifest } = await app.capture();
    const name = manifest.members[0]?.imageName ?? "";
    const path = `/apis/snapshot.kubevirt.io/v1beta1/namespaces/${on().namespace}/virtualmachinesnapshots/${name}`;
    const { status, body } = await on().call(
      "PATCH",
      path,
      { spec: { failureDeadline: "1h" } },
      "application/merge-patch+json",
    );
    expect(status).toBe(422);
    expect(JSON.stringify(body)).toContain("immutable after creation");
  });

  test("sets are listed with what is wrong with them; a snapshot of nobody's set is none", async () => {
    const app = await Application.start(on());
    const { manifest } = await app.capture();
    await app.snapshotByHand(app.db, `${app.db}-by-hand`);
    const list = () => app.machines.within((site) => site.store.listSets(app.snapId));
    const [whole, ...others] = await list();
    expect(others).toEqual([]);
    expect([whole?.snapId, whole?.owner, whole?.defects]).toEqual([app.snapId, on().namespace, []]);
    expect(whole?.members.map(({ name, status }) => [name, status])).toEqual([
      [app.db, "ready"],
      [app.web, "ready"],
    ]);
    await app.deleteSnapshot(manifest.members[1]?.imageName ?? "");
    const [torn] = await list();
    expect(torn?.defects).toEqual([
      `member ${app.web}: VirtualMachineSnapshot ${manifest.members[1]?.imageName ?? ""} is gone`,
    ]);
  });

  test("a set whose snapshot has lost its content cannot be restored, and says so", async () => {
    const app = await Application.start(on());
    const { manifest } = await app.capture();
    await app.deleteSnapshot(manifest.members[0]?.imageName ?? "");
    expect(await failureOf(app.machines.restore(manifest))).toMatch(
      new RegExp(`^restore: member ${app.db}: its VirtualMachineSnapshot \\(uid .*\\) is gone$`),
    );
  });

  test("two captures of one machine at a time: the second is refused, and the first named", async () => {
    const app = await Application.start(on());
    const mend = on().setFault({ effect: "volumeSnapshotNeverReady", name: `${app.db}-rootdisk` });
    const deadlines = { stop: 60_000, images: 3_000, idle: 30_000 };
    await failureOf(app.capture({ onFailure: "keep", deadlines }));
    mend();
    const message = await failureOf(app.capture({ snapId: "vmOther1" }));
    expect(message).toContain(`capture ${app.snapId} of environment parksmap, begun at `);
    expect(message).toContain("if that stack is lost, delete ConfigMap snapset-capture-");
    await app.capture();
  });
}
