import { restoreProblems } from "../../../snapset/ironic/restorePreflight";
import { wholeMark } from "../../../snapset/reset/mark";
import { node as nodeOf } from "./domain";

const wish = { snapId: "AbCdEf12", trigger: "1", by: "ours" };
const here = { cloud: "lab", projectId: "project" };

const problemsOf = (restoreMark: string | undefined) => {
  const node = nodeOf({
    provisionState: "active",
    restoreMark,
    imageId: "image",
    restoredImageId: "image",
  });
  const target = { member: "worker0", ident: node.name, imageId: "other", macAddresses: [] };
  return restoreProblems([{ ...target, minDiskGb: 1, node }], wish, here);
};

describe("a machine that carries a set already", () => {
  it("is restored again by the stack that has restored it", () => {
    expect(problemsOf(wholeMark({ ...wish, trigger: "0" }))).toEqual([]);
  });

  it("is not another stack's to overwrite, whatever that has restored", () => {
    const [problem, ...more] = problemsOf(wholeMark({ ...wish, by: "theirs" }));
    expect(problem).toMatch(
      /^worker0: node .* carries what another stack has restored: destroy that one first, or, if it is lost, `openstack baremetal node unset --extra snapset_restore \S+`$/,
    );
    expect(more).toEqual([]);
  });
});
