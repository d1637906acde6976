import { agentFile, GuestMachine } from "../../../sandbox/kubevirt/GuestMachine";

function machine(files: Record<string, string> = { [agentFile]: "" }) {
  return new GuestMachine({ rootdisk: files }, 0);
}

test("what is not synced is seen inside, and is on the disk after a freeze", () => {
  const disk: Record<string, string> = { [agentFile]: "" };
  const guest = machine(disk);
  guest.write("rootdisk", "/a", "1", false);
  expect(guest.files("rootdisk")).toMatchObject({ "/a": "1" });
  expect(disk).not.toHaveProperty(["/a"]);
  guest.freeze(undefined);
  expect(disk).toMatchObject({ "/a": "1" });
});

test("writes wait while it is frozen, and are done in order when it is thawed", () => {
  const guest = machine();
  guest.freeze(1000);
  guest.write("rootdisk", "/a", "1", true);
  guest.remove("rootdisk", "/a");
  guest.write("rootdisk", "/b", "2", true);
  expect(guest.files("rootdisk")).toEqual({ [agentFile]: "" });
  guest.thawWhenDue(999);
  expect(guest.isFrozen).toBe(true);
  guest.thawWhenDue(1000);
  expect(guest.isFrozen).toBe(false);
  expect(guest.files("rootdisk")).toEqual({ [agentFile]: "", "/b": "2" });
});

test("without an agent it neither freezes nor thaws", () => {
  const guest = machine({});
  const refused = /QEMU guest agent is not connected/;
  expect(() => {
    guest.freeze(undefined);
  }).toThrow(refused);
  expect(() => {
    guest.thaw();
  }).toThrow(refused);
});

test("one that thawed too early says so once", () => {
  const guest = machine();
  guest.freeze(undefined);
  guest.breakFreeze();
  expect(() => {
    guest.thaw();
  }).toThrow("fsfreeze is limited up to 10 seconds");
  expect(() => {
    guest.thaw();
  }).not.toThrow();
});

test("below a path that ends in a slash everything is removed", () => {
  const guest = machine({
    "/var/lib/mongo/a": "",
    "/var/lib/mongo/b/c": "",
    "/var/lib/mongodb": "",
  });
  guest.remove("rootdisk", "/var/lib/mongo/");
  expect(guest.files("rootdisk")).toEqual({ "/var/lib/mongodb": "" });
});
