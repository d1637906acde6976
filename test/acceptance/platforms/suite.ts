import type { CaptureOutputs } from "../../../platforms/capture/types";
import { failureOf } from "../FaultyCloud";
import type { PlatformUnderTest } from "./PlatformUnderTest";

/**
 * Declares what holds of a capture and a restore whatever the members run on: one text for all
 * platforms.
 *
 * @param open a platform with two members that run
 */
export function describePlatform(name: string, open: () => Promise<PlatformUnderTest>): void {
  describe(`members on ${name}`, () => {
    let on: PlatformUnderTest;

    beforeEach(async () => {
      on = await open();
    });
    afterEach(() => on.close());

    const captured = (): Promise<CaptureOutputs> => on.providers.capture(on.capture());

    /** Runs `work` and holds it to having changed nothing. */
    const expectUnchanged = async <T>(work: () => Promise<T>): Promise<T> => {
      const before = on.changes();
      const result = await work();
      expect(on.changes()).toBe(before);
      return result;
    };

    it("are captured as one set, at rest, with a manifest that describes each", async () => {
      const set = await captured();
      expect(set.phase).toBe("committed");
      expect(set.images.map(({ member }) => member)).toEqual([...on.members]);
      expect(await on.running()).toEqual([]);
      const { chosen, members, capturedAt } = await on.select(set.snapId);
      expect(chosen).toBe(set.snapId);
      expect(members?.map((it) => [it.name, it.platform])).toEqual(
        on.members.map((member) => [member, on.platform]),
      );
      expect(members?.map(({ imageId }) => imageId)).toEqual(
        set.images.map(({ imageId }) => imageId),
      );
      expect(capturedAt).toBe(set.progress.capturedAt);
    });

    it("are chosen as latest when they are the newest set", async () => {
      const set = await captured();
      expect((await on.select("latest")).chosen).toBe(set.snapId);
    });

    it("are brought back to work where that is asked for", async () => {
      const set = await on.providers.capture(on.capture({ afterCapture: "resume" }));
      expect(set.progress.timings.map((it) => it.name)).toEqual([
        "preflight",
        "stop",
        "images",
        "verify",
        "commit",
        "resume",
      ]);
      expect((await on.running()).toSorted()).toEqual([...on.members].toSorted());
    });

    it("are not captured twice: a run after the commit finds the set", async () => {
      const set = await captured();
      const again = await captured();
      expect(again.images).toEqual(set.images);
      expect(again.phase).toBe("committed");
    });

    it("are a set, or none: when one fails all is given back, and says so", async () => {
      const [, second] = on.members;
      on.failImageOf(second);
      const { message, kept } = await failureOf(captured());
      expect(message).toContain(second);
      expect(message).toContain("the capture is given back");
      expect(kept?.phase).toBe("given back");
      expect(await on.kept()).toEqual([]);
      expect((await on.running()).toSorted()).toEqual([...on.members].toSorted());
    });

    it("are gone on with where a capture stopped, and nothing is made twice", async () => {
      const [, second] = on.members;
      const mend = on.failImageOf(second);
      const inputs = on.capture({ onFailure: "keep" });
      const { message, kept } = await failureOf(on.providers.capture(inputs));
      expect(message).toContain("`pulumi up` goes on from here");
      expect(kept?.phase).toBe("unfinished");
      if (kept === undefined) throw new Error("nothing was kept");
      mend();
      const set = await on.providers.resume(kept, inputs);
      expect(set.phase).toBe("committed");
      expect((await on.kept()).length).toBe(on.members.length);
    });

    it("are given back by a destroy of what was left unfinished", async () => {
      const [, second] = on.members;
      on.failImageOf(second);
      const inputs = on.capture({ onFailure: "keep" });
      const { kept } = await failureOf(on.providers.capture(inputs));
      if (kept === undefined) throw new Error("nothing was kept");
      await on.providers.remove(kept);
      expect(await on.kept()).toEqual([]);
      expect((await on.running()).toSorted()).toEqual([...on.members].toSorted());
    });

    it("are given back by a destroy that knows of a killed capture by its snap_id alone", async () => {
      const [, second] = on.members;
      on.failImageOf(second);
      const inputs = on.capture({ onFailure: "keep" });
      await failureOf(on.providers.capture(inputs));
      await on.providers.forget(inputs.snapId, "Delete", inputs.kubevirt);
      expect(await on.kept()).toEqual([]);
      expect((await on.running()).toSorted()).toEqual([...on.members].toSorted());
    });

    it("and so is a set that was committed without the engine's hearing of it", async () => {
      const set = await captured();
      await on.providers.forget(set.snapId, "Retain", set.kubevirt);
      expect(await on.kept()).not.toEqual([]);
      await on.providers.forget(set.snapId, "Delete", set.kubevirt);
      expect(await on.kept()).toEqual([]);
    });

    it("are refused by name before the first change when one is not there", async () => {
      const [, second] = on.members;
      const inputs = on.capture();
      await on.deleteMember(second);
      const { message, kept } = await expectUnchanged(() =>
        failureOf(on.providers.capture(inputs)),
      );
      expect(message).toContain(second);
      expect(kept).toBeUndefined();
    });

    it("are no set any more when what it holds of one is gone: that is said, and nothing restored", async () => {
      const set = await captured();
      const [, second] = on.members;
      await on.loseImageOf(second);
      const { message } = await expectUnchanged(() => failureOf(on.select(set.snapId)));
      expect(message).toContain(`set ${set.snapId} cannot be restored: member ${second}:`);
    });

    it("are removed with their set, whoever asks twice; what is no set's stays", async () => {
      const set = await captured();
      expect(await on.kept()).not.toEqual([]);
      await on.providers.remove(set);
      expect(await on.kept()).toEqual([]);
      await on.providers.remove(set);
    });

    it("stay with Retain", async () => {
      const set = await on.providers.capture(on.capture({ deletionPolicy: "Retain" }));
      const before = await on.kept();
      await on.providers.remove(set);
      expect(await on.kept()).toEqual(before);
    });

    it("come back with what was on their disks, and once only", async () => {
      for (const member of on.members) await on.write(member, `kept of ${member}`);
      const set = await on.providers.capture(on.capture({ afterCapture: "resume" }));
      for (const member of on.members) await on.write(member, "written since");
      const restored = await on.restore(set, "1");
      expect(restored.phase).toBe("whole");
      expect(restored.phases).not.toEqual([]);
      for (const member of on.members) expect(await on.read(member)).toBe(`kept of ${member}`);
      expect((await on.running()).toSorted()).toEqual([...on.members].toSorted());

      await on.write(on.members[0], "a day's work");
      expect(await on.wouldRestore(set, "1", restored)).toBe(false);
      expect(await on.wouldRestore(set, "2", restored)).toBe(true);
      await on.restore(set, "2", restored);
      expect(await on.read(on.members[0])).toBe(`kept of ${on.members[0]}`);
    });
  });
}
