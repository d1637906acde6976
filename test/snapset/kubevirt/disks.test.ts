import { disksOf, partialFindings } from "../../../snapset/kubevirt/disks";
import { gibibytesOf, parseQuantity } from "../../../snapset/kubevirt/quantity";
import { vm } from "./objects";

test("disks are judged as KubeVirt judges them, and not included before it has", () => {
  expect(disksOf(vm).map(({ name, isIncluded }) => [name, isIncluded])).toEqual([
    ["rootdisk", true],
    ["cloudinitdisk", false],
  ]);
  const unjudged = { metadata: vm.metadata, spec: vm.spec };
  expect(disksOf(unjudged).map(({ isIncluded, reason }) => [isIncluded, reason])).toEqual([
    [false, "KubeVirt has not said yet whether it can be"],
    [false, "no snapshot is taken of a cloudInitNoCloud"],
  ]);
});

test.each([
  [false, 1, 0],
  [[], 1, 0],
  [["rootdisk"], 1, 0],
  [["cloudinitdisk"], 0, 1],
  [true, 0, 1],
] as const)("acceptPartial %j: %i problems, %i warnings", (accepted, problems, warnings) => {
  const found = partialFindings([vm], accepted);
  expect([found.problems.length, found.warnings.length]).toEqual([problems, warnings]);
});

test("a name of no disk is a slip, and told", () => {
  expect(partialFindings([vm], ["cloudinitdisk", "cloudinit"]).warnings).toContain(
    "snapset:kubevirt.acceptPartial: no machine has a disk cloudinit",
  );
});

test("quantities", () => {
  const texts = ["10Gi", "1.5G", "1e9", "500Mi", "1073741825", "100m"];
  expect(texts.map(parseQuantity)).toEqual([
    10 * 2 ** 30,
    1.5e9,
    1e9,
    500 * 2 ** 20,
    2 ** 30 + 1,
    0.1,
  ]);
  expect(["10Gb", "", "Gi"].map(parseQuantity)).toEqual([undefined, undefined, undefined]);
  expect(["10Gi", "1073741825", undefined].map(gibibytesOf)).toEqual([10, 2, 0]);
});
