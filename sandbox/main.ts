import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { messageOf } from "../common/errors";
import { startSandbox } from "./index";
import { serveKubeVirt, type KubeVirtOptions } from "./serveKubeVirt";

interface ServeOptions {
  port: number;
  seed: number;
  timeScale: number;
  hosts: number;
  clockOffset: number;
  cloudsYaml?: string;
}

const defaultPort = 8774;

function number(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value)) throw new InvalidArgumentError("not a number");
  return value;
}

async function serve(options: ServeOptions): Promise<void> {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolveEnded) => {
    end = resolveEnded;
  });
  const sandbox = await startSandbox({
    port: options.port,
    seed: options.seed,
    timeScale: options.timeScale,
    hosts: options.hosts,
    clockOffsetMs: options.clockOffset,
    onStop: end,
  });
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
  say(`sandbox: ready at ${sandbox.url}`);
  if (options.cloudsYaml === undefined) {
    say(`clouds.yaml:\n${sandbox.cloudsYaml()}`);
  } else {
    const path = resolve(options.cloudsYaml);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, sandbox.cloudsYaml(), { mode: 0o600 });
    say(`use it:  export OS_CLIENT_CONFIG_FILE=${path} OS_CLOUD=sandbox`);
  }
  await ended;
  await sandbox.close();
  say("sandbox: ended");
}

async function kubevirt(options: KubeVirtOptions): Promise<void> {
  const ended = new Promise<void>((end) => {
    process.once("SIGTERM", end);
    process.once("SIGINT", end);
  });
  await serveKubeVirt(options, ended, say);
}

async function control(url: string, method: string, path: string, body?: unknown): Promise<void> {
  const response = await fetch(`${url}/sandbox/${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  if (text !== "") say(JSON.stringify(JSON.parse(text), undefined, 2));
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function program(): Command {
  const command = new Command("sandbox").description(
    "An OpenStack and an OpenShift to try things on",
  );
  command
    .command("serve", { isDefault: true })
    .description("leaves a sandbox running until it is told to stop")
    .option("--port <port>", "0 is any free one", number, defaultPort)
    .option("--seed <number>", "where ids come from", number, 1)
    .option("--time-scale <factor>", "modelled seconds per second", number, 20)
    .option("--hosts <number>", "compute hosts, which servers go to in turn", number, 1)
    .option("--clock-offset <ms>", "the world's time minus the machine's", number, 0)
    .option("--clouds-yaml <file>", "where to write the clouds.yaml")
    .action(serve);
  command
    .command("kubevirt")
    .description(
      "leaves a cluster with KubeVirt and running machines there until it is interrupted",
    )
    .requiredOption("--kubeconfig <file>", "where to write the kubeconfig")
    .option("--vm <name...>", "machines to make", ["mongodb-nationalparks"])
    .action(kubevirt);
  addVerbs(command);
  return command;
}

/** What a running sandbox can be told. */
function addVerbs(program: Command): void {
  const verb = (name: string, description: string) =>
    program
      .command(name)
      .description(description)
      .option("--url <url>", "the running sandbox", `http://127.0.0.1:${defaultPort}`);
  verb("status", "what there is").action(({ url }: { url: string }) =>
    control(url, "GET", "status"),
  );
  verb("stop", "ends the sandbox").action(({ url }: { url: string }) =>
    control(url, "POST", "stop"),
  );
  verb("advance", "moves the world's time forward")
    .argument("<ms>", "milliseconds", number)
    .action((ms: number, { url }: { url: string }) => control(url, "POST", "advance", { ms }));
  verb("fault", "arms a fault, or with `clear` disarms all")
    .argument(
      "<fault>",
      `JSON, e.g. {"match":{"action":"createImage","nth":3},"then":{"status":409}}`,
    )
    .action((text: string, { url }: { url: string }) =>
      text === "clear"
        ? control(url, "DELETE", "faults")
        : control(url, "POST", "faults", JSON.parse(text)),
    );
  verb(
    "set",
    "changes how long images take and what hosts bear, or with --quotas what projects may have",
  )
    .argument("<settings>", `JSON, e.g. {"imageMs":{"fromMs":10000,"toMs":60000}}`)
    .option("--quotas", 'quotas instead, e.g. {"snapshots":3}')
    .action((text: string, { url, quotas }: { url: string; quotas?: boolean }) =>
      control(url, "PUT", quotas === true ? "quotas" : "settings", JSON.parse(text)),
    );
  verb("enroll", "puts up a bare-metal machine")
    .argument("<node>", `JSON, e.g. {"name":"metal-0","image":"hotstack-controller"}`)
    .action((text: string, { url }: { url: string }) =>
      control(url, "POST", "bare-metal/nodes", JSON.parse(text)),
    );
  verb("somebody", "does something as somebody else")
    .argument("<deed>", `JSON, e.g. {"do":"start","server":"controller"}`)
    .action((text: string, { url }: { url: string }) =>
      control(url, "POST", "somebody", JSON.parse(text)),
    );
}

program()
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  });
