import { refusal, type KubeVirtCalls } from "./KubeVirtCalls";

/** Power, and what the guest agent does. */
export function machineChecks(on: () => KubeVirtCalls): void {
  test("installing the agent and enabling it: connected, and again after a reboot", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "installed", hasAgent: false });
    const info = () => kube.act("virtualmachineinstances", "installed", "guestosinfo");
    expect(refusal(await info())).toEqual({
      status: 409,
      message:
        'Operation cannot be fulfilled on virtualmachineinstance.kubevirt.io "installed": VMI does not have guest agent connected',
    });
    await kube.kubevirt.guest("installed").setAgent(true);
    expect(await info()).toMatchObject({ status: 200, body: { os: { id: "centos" } } });
    const before = await kube.instance("installed");
    await kube.act("virtualmachines", "installed", "restart", {});
    const isAnother = (uid: string | undefined) => uid !== before.metadata.uid;
    await kube.kubevirt.until("the new guest's agent", async () => {
      const { metadata, status } = await kube.instance("installed");
      const isConnected = status?.conditions?.some(({ type }) => type === "AgentConnected");
      if (!isAnother(metadata.uid) || isConnected !== true) throw new Error("not yet");
    });
  });

  test("a freeze without an agent is refused in libvirt's words", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "agentless", hasAgent: false });
    const answer = await kube.act("virtualmachineinstances", "agentless", "freeze", {
      unfreezeTimeout: "5m0s",
    });
    expect(refusal(answer)).toEqual({
      status: 500,
      message:
        "Internal error occurred: virError(Code=86, Domain=10, Message='Guest agent is not responding: QEMU guest agent is not connected')",
    });
  });

  test("a freeze ends by unfreeze, or else at its unfreezeTimeout, which it must have", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "cold" });
    const freeze = (body: object) => kube.act("virtualmachineinstances", "cold", "freeze", body);
    const guest = kube.kubevirt.guest("cold");
    expect(refusal(await freeze({}))).toEqual({
      status: 500,
      message: "Internal error occurred: Unfreeze timeout in freeze request is not set",
    });
    expect((await freeze({ unfreezeTimeout: "1h" })).status).toBe(200);
    expect(await guest.isFrozen()).toBe(true);
    expect((await freeze({ unfreezeTimeout: "1s" })).status).toBe(200);
    await kube.kubevirt.clock.sleep(1500);
    expect(await guest.isFrozen()).toBe(true);
    expect((await kube.act("virtualmachineinstances", "cold", "unfreeze")).status).toBe(200);
    expect(await guest.isFrozen()).toBe(false);
    expect((await freeze({ unfreezeTimeout: "2s" })).status).toBe(200);
    expect(await guest.isFrozen()).toBe(true);
    await kube.kubevirt.until("the deadline to thaw it", async () => {
      if (await guest.isFrozen()) throw new Error("it is frozen");
    });
  });

  test("start and stop write the run strategy, or a request where that is the machine's own", async () => {
    const kube = on();
    const { kubevirt } = kube;
    await kubevirt.addVirtualMachine({ name: "always" });
    await kubevirt.addVirtualMachine({ name: "manual", runStrategy: "Manual" });
    const running = 'Operation cannot be fulfilled on virtualmachine.kubevirt.io "always": ';
    expect(refusal(await kube.act("virtualmachines", "always", "start", {}))).toEqual({
      status: 409,
      message: `${running}VM is already running`,
    });
    await kube.act("virtualmachines", "always", "stop", {});
    expect((await kube.stoppedVm("always")).spec.runStrategy).toBe("Halted");
    expect(refusal(await kube.act("virtualmachines", "always", "stop", {}))).toEqual({
      status: 409,
      message: `${running}VM is not running`,
    });
    await kube.act("virtualmachines", "manual", "start", {});
    expect((await kube.runningVm("manual")).spec.runStrategy).toBe("Manual");
    await kube.act("virtualmachines", "manual", "stop", {});
    await kube.stoppedVm("manual");
    expect(refusal(await kube.act("virtualmachines", "nobody", "stop", {}))).toEqual({
      status: 404,
      message: 'virtualmachine.kubevirt.io "nobody" not found',
    });
  });

  test("a run strategy is written by a patch, too; a clean stop saves what is in memory", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "patched" });
    await kube.kubevirt.guest("patched").write("/late", "text", { isSynced: false });
    await kube.merge("virtualmachines", "patched", { spec: { runStrategy: "Halted" } });
    await kube.stoppedVm("patched");
    expect(await kube.kubevirt.guest("patched").files()).toMatchObject({ "/late": "text" });
    await kube.merge("virtualmachines", "patched", { spec: { runStrategy: "Always" } });
    await kube.runningVm("patched");
  });

  test("a guest that ignores the power button is Stopping for as long", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "stubborn" });
    const end = kube.kubevirt.setFault({ effect: "neverStops", name: "stubborn" });
    await kube.act("virtualmachines", "stubborn", "stop", {});
    await kube.vmThat("stubborn", ({ status }) => status?.printableStatus === "Stopping");
    await kube.kubevirt.clock.sleep(2000);
    expect(await kube.kubevirt.guest("stubborn").isRunning()).toBe(true);
    end();
    await kube.stoppedVm("stubborn");
  });

  test("an agent that ends while the guest is frozen: nothing thaws it but a reboot", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "orphaned" });
    const end = kube.kubevirt.setFault({ effect: "agentDiesFrozen", name: "orphaned" });
    await kube.act("virtualmachineinstances", "orphaned", "freeze", { unfreezeTimeout: "1s" });
    end();
    const { status } = refusal(await kube.act("virtualmachineinstances", "orphaned", "unfreeze"));
    expect(status).toBe(500);
    await kube.kubevirt.clock.sleep(2500);
    expect(await kube.kubevirt.guest("orphaned").isFrozen()).toBe(true);
    await kube.act("virtualmachines", "orphaned", "stop", {});
    await kube.stoppedVm("orphaned");
    expect(await kube.kubevirt.guest("orphaned").isFrozen()).toBe(false);
  });

  test("somebody who writes an older version is refused with 409", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "raced", runStrategy: "Halted" });
    const vm = await kube.stoppedVm("raced");
    await kube.merge("virtualmachines", "raced", { metadata: { labels: { by: "another" } } });
    const answer = await kube.kubevirt.call("PUT", kube.path("virtualmachines", "raced"), vm);
    expect(refusal(answer)).toEqual({
      status: 409,
      message:
        'Operation cannot be fulfilled on virtualmachines.kubevirt.io "raced": the object has been modified; please apply your changes to the latest version and try again',
    });
  });

  test("deleting a machine deletes its guest and its volumes", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "condemned" });
    await kube.remove("virtualmachines", "condemned");
    await kube.gone("virtualmachines", "condemned");
    await kube.gone("virtualmachineinstances", "condemned");
    await kube.gone("persistentvolumeclaims", "condemned-rootdisk");
  });
}
