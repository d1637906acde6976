import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bootstrapKubeconfig, certificateDirectory } from "../../openshift/rotation/credentials";
import type { Pair } from "../../sandbox/certificates";

/** What a command has left behind. */
export interface Ended {
  exitCode: number;
  message: string;
}

/** The only script that is run: others would change the machine that the tests run on. */
const harmless = "read-credentials";

/** What a node has on its disk of its kubelet, and the product's own script run on it. */
export class NodeDisk {
  constructor(
    private readonly directory: string,
    bootstrapToken: string,
  ) {
    const user = `- name: kubelet\n  user:\n    token: ${bootstrapToken}\n`;
    this.#write(bootstrapKubeconfig, `apiVersion: v1\nkind: Config\nusers:\n${user}`);
  }

  keep(purpose: "client" | "serving", { certificate, key }: Pair): void {
    const name = purpose === "client" ? "kubelet-client" : "kubelet-server";
    this.#write(join(certificateDirectory, `${name}-current.pem`), certificate + key);
  }

  /**
   * Runs what a pod runs after `chroot /host`.
   *
   * @param command a container's
   */
  run(command: readonly string[]): Ended {
    const onHost = command.slice(command.indexOf("/host") + 1);
    const [program = "", ...args] = onHost;
    if (!onHost.includes(harmless)) {
      return { exitCode: 127, message: `nobody plays ${onHost.slice(0, 2).join(" ")} here` };
    }
    const places = args.map((it) => (/^\/(etc|var)\//.test(it) ? join(this.directory, it) : it));
    const { status, stdout } = spawnSync(program, places, { encoding: "utf8" });
    return { exitCode: status ?? 1, message: stdout };
  }

  #write(path: string, content: string): void {
    const file = join(this.directory, path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, content, { mode: 0o600 });
  }
}
