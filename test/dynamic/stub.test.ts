import { runtime } from "@pulumi/pulumi";
import { homedir } from "node:os";
import { resolve } from "node:path";
import { providerStub } from "../../dynamic/stub";

describe("providerStub", () => {
  it.each(["SnapId", "SnapSet", "Selection", "Revival", "Reset", "Restoration"])(
    "is serialised for %s as a few strings: no path, no environment, no code of ours",
    async (kind) => {
      process.env["OS_PASSWORD"] = "hunter2-in-the-environment";
      const provider = providerStub(kind);
      const { text } = await runtime.serializeFunction(() => provider);
      expect(text).toContain(`"${kind}"`);
      expect(text).toContain('require("./dynamic/boot.cjs")');
      expect(text.length).toBeLessThan(6000);
      for (const secret of [homedir(), resolve(__dirname, "../.."), "hunter2", "node_modules"]) {
        expect(text).not.toContain(secret);
      }
    },
  );
});
