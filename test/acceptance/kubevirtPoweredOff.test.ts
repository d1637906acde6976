import { KubeVirtLab } from "../../sandbox/KubeVirtLab";
import { Application } from "./kubevirt/Application";

describe("a guest that has powered itself off", () => {
  let lab: KubeVirtLab;
  const on = () => lab;

  beforeAll(async () => {
    lab = await new KubeVirtLab().open();
  });
  afterAll(() => lab.close());

  const powerOff = async (app: Application) => {
    const mend = on().setFault({ effect: "guestPowersOff", name: app.db });
    await on().until("it to be off", async () => {
      expect((await on().find("virtualmachineinstances", app.db))?.status).toMatchObject({
        phase: "Succeeded",
      });
    });
    mend();
  };

  test("Manual: is off, is captured, and is not started", async () => {
    const app = await Application.start(on(), {}, { runStrategy: "Manual" });
    await app.start();
    await powerOff(app);
    const result = await app
      .capture({ afterCapture: "resume" })
      .catch((error: unknown) => String(error));
    expect([result, await app.running()]).toEqual([expect.anything(), [app.web]]);
    expect(result).toMatchObject({ manifest: { members: [{}, {}] } });
  });

  test("Once: has run, and does not run again", async () => {
    const app = await Application.start(on(), {}, { runStrategy: "Once" });
    await powerOff(app);
    await app.capture({ afterCapture: "resume" });
    expect(await app.running()).toEqual([app.web]);
  });
});
