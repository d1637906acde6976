import { Disks } from "../../../sandbox/kubevirt/disks";

const claim = { namespace: "default", name: "root", uid: "claim-1" };

test("a cut keeps what was on the volume, however often it is asked for", () => {
  const disks = new Disks();
  disks.seed("default", "root", { "/a": "1" });
  disks.provision(claim);
  disks.cut("cut-1", "claim-1");
  disks.volume("claim-1")["/a"] = "2";
  disks.cut("cut-1", "claim-1");
  disks.provision({ ...claim, name: "restored", uid: "claim-2" }, "cut-1");
  expect(disks.volume("claim-2")).toEqual({ "/a": "1" });
  expect(disks.volume("claim-1")).toEqual({ "/a": "2" });
});

test("a volume is made once, and a seed is for one volume", () => {
  const disks = new Disks();
  disks.seed("default", "root", { "/a": "1" });
  disks.provision(claim);
  disks.volume("claim-1")["/a"] = "2";
  disks.provision(claim);
  disks.provision({ ...claim, uid: "claim-2" });
  expect(disks.volume("claim-1")).toEqual({ "/a": "2" });
  expect(disks.volume("claim-2")).toEqual({});
});
