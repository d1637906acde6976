import { randomBytes } from "node:crypto";
import { main, type Provider } from "@pulumi/pulumi/provider";
import { connectEngine } from "../../dynamic/providers/engine";
import { runLocal, runRemote, type CommandInputs, type Ended } from "./runCommand";
import { isSecret, plain, secretOf } from "./secrets";

/**
 * Stands in for Pulumi's plugin `command`, of which nothing is published that could be built here: its
 * resources local:Command and remote:Command as far as hooks use them, after the plugin's own Go source
 * (provider/pkg/provider/{local,remote} of pulumi-command v1.2.1).
 */
const engine = connectEngine();

type Inputs = Record<string, unknown>;

const provider: Provider = {
  version: "1.2.1",
  diff: (_id, _urn, olds: Inputs, news: Inputs) => {
    const keys = Object.keys({ ...olds, ...news }).filter(
      (it) => !["stdout", "stderr"].includes(it),
    );
    const changed = keys.filter((it) => JSON.stringify(olds[it]) !== JSON.stringify(news[it]));
    const replaces = changed.filter((it) => it === "triggers");
    return Promise.resolve({ changes: changed.length > 0, replaces });
  },
  create: async (urn, inputs: Inputs) => ({
    id: randomBytes(8).toString("hex"),
    outs: await run(urn, inputs),
  }),
  update: async (_id, urn, _olds, news: Inputs) => ({ outs: await run(urn, news) }),
};

async function run(urn: string, inputs: Inputs): Promise<Inputs> {
  const show = (line: string): void => {
    engine.status(urn, line);
  };
  const args = plain(inputs) as CommandInputs;
  const ended = urn.includes("command:remote:Command")
    ? await runRemote(args, show)
    : await runLocal(args, show);
  if (ended.problem !== undefined) throw new Error(problemOf(args, ended));
  // As with the plugin: what comes of a secret is one.
  const wrap = isSecret(inputs) ? secretOf : (text: string) => text;
  return { ...inputs, stdout: wrap(ended.stdout), stderr: wrap(ended.stderr) };
}

function problemOf({ create }: CommandInputs, { problem, both }: Ended): string {
  return `${problem ?? ""}: running ${JSON.stringify(create)}:\n${both}`;
}

void main(provider, process.argv.slice(2));
