import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveKubeVirt } from "../../../sandbox/serveKubeVirt";

test("writes a kubeconfig for nobody else, says where, and ends when it is told to", async () => {
  const directory = mkdtempSync(join(tmpdir(), "snapset-kubevirt-"));
  const kubeconfig = join(directory, "deep", "kubeconfig");
  const lines: string[] = [];
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  let ready = (): void => undefined;
  const isReady = new Promise<void>((resolve) => {
    ready = resolve;
  });
  const serving = serveKubeVirt({ kubeconfig, vm: [] }, ended, (line) => {
    lines.push(line);
    ready();
  });
  await isReady;
  expect(existsSync(kubeconfig)).toBe(true);
  expect(statSync(kubeconfig).mode & 0o777).toBe(0o600);
  expect(readFileSync(kubeconfig, "utf8")).toContain("https://127.0.0.1:");
  end();
  await serving;
  expect(lines).toEqual([
    "kubevirt: machines none, namespace default",
    `use it:  export KUBECONFIG=${kubeconfig}`,
    "kubevirt: ended",
  ]);
  rmSync(directory, { recursive: true });
});
