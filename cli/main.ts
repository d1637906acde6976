import { Command, CommanderError } from "commander";
import { systemClock, type Clock } from "../common/clock";
import { InputError, messageOf } from "../common/errors";
import { selectSet } from "../snapset/selection";
import type { SnapsetRecord } from "../snapset/sets";
import { description } from "./description";
import { environmentText, writeNew } from "./environment";
import { listing } from "./listing";
import { loadMachineSets, loadSnapshots, type MachinePlace } from "./loadMachineSets";
import { loadSets, type CloudSets } from "./loadSets";
import { viewOf, type SetView } from "./setView";
import { snapshotListing } from "./snapshotListing";

/** What the command reads and writes beside its arguments. */
export interface Surroundings {
  env: NodeJS.ProcessEnv;
  cwd: string;
  clock: Clock;
  /** Writes to the standard output. */
  out: (text: string) => void;
  /** Writes to the standard error. */
  err: (text: string) => void;
}

interface Options {
  osCloud?: string;
  kubeconfig?: string;
  namespace?: string;
  vm?: string;
  json?: boolean;
  output?: string;
}

const thisProcess = (): Surroundings => ({
  env: process.env,
  cwd: process.cwd(),
  clock: systemClock,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
});

/**
 * The `snapset` command. Errors go to the standard error, without a stack.
 *
 * @param args without the program's name, e.g. `["show", "AbCdEf12"]`
 * @returns the exit code
 * @example process.exitCode = await main(["list", "--json"]);
 */
export async function main(
  args: readonly string[],
  surroundings: Surroundings = thisProcess(),
): Promise<number> {
  try {
    await program(surroundings).parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    // Commander has said already what it has to say.
    if (error instanceof CommanderError) return error.exitCode;
    surroundings.err(`snapset: ${messageOf(error)}\n`);
    return 1;
  }
}

function program(surroundings: Surroundings): Command {
  const command = new Command("snapset")
    .description("Looks at the sets in a cloud, or those of virtual machines in OpenShift.")
    .option(
      "--os-cloud <name>",
      "the cloud in clouds.yaml (default: OS_CLOUD, OS_*, or the only one)",
    )
    .option("--kubeconfig <file>", "look at virtual machines in that cluster instead")
    .option("--namespace <name>", "where the virtual machines are")
    .exitOverride()
    .configureOutput({ writeOut: surroundings.out, writeErr: surroundings.err })
    .configureHelp({ showGlobalOptions: true });
  const verb = (nameAndArgs: string, text: string) =>
    command.command(nameAndArgs).description(text);

  verb("list", "prints a table of all sets, the newest first")
    .option("--json", "print everything that is known, as JSON")
    .option(
      "--vm <name>",
      "print all snapshots of a virtual machine instead, also those of no set of ours",
    )
    .action((_options: Options, self: Command) => list(self.optsWithGlobals(), surroundings));
  verb("show <snap_id>", "prints everything about one set; `latest` is the one that latest prints")
    .option("--json", "print it as JSON, in a list as of `list`")
    // A snap_id may begin with a dash.
    .allowUnknownOption()
    .action((snapId: string, _options: Options, self: Command) =>
      print(self.optsWithGlobals(), surroundings, setsNamed(snapId), (views) =>
        views.map(description).join("\n\n\n"),
      ),
    );
  verb(
    "environment <snap_id>",
    "prints the environment that a set holds as YAML, with its user data: what `snapset:environment` takes",
  )
    .option("--output <file>", "write it to a new file instead")
    .allowUnknownOption()
    .action((snapId: string, _options: Options, self: Command) =>
      printEnvironment(snapId, self.optsWithGlobals(), surroundings),
    );
  verb(
    "latest",
    "prints the snap_id of the newest set that can be restored, and nothing else",
  ).action((_options: Options, self: Command) =>
    print(self.optsWithGlobals(), surroundings, newest, (views) =>
      views.map((view) => view.snapId).join("\n"),
    ),
  );
  return command;
}

type Choice = (found: CloudSets) => SnapsetRecord[];

/** What all verbs do: read the sets, choose among them, print. */
async function print(
  options: Options,
  surroundings: Surroundings,
  choose: Choice,
  render: (views: SetView[]) => string,
): Promise<void> {
  const found = await load(options, surroundings);
  const views = choose(found).map((set) => viewOf(set, found, found));
  tell(views, render(views), options, surroundings);
}

function tell(data: unknown, text: string, { json }: Options, { out }: Surroundings): void {
  out(`${json === true ? JSON.stringify(data, undefined, 2) : text}\n`);
}

async function list(options: Options, surroundings: Surroundings): Promise<void> {
  const { vm } = options;
  if (vm === undefined) {
    await print(options, surroundings, ({ sets }) => sets, listing);
    return;
  }
  const place = placeOf(options, surroundings);
  if (place === undefined) throw new InputError("--vm", ["needs --kubeconfig and --namespace"]);
  const rows = await loadSnapshots(place, vm);
  tell(rows, snapshotListing(vm, rows), options, surroundings);
}

/** The sets of a namespace where a kubeconfig is named, else those of a cloud. */
function load(options: Options, surroundings: Surroundings): Promise<CloudSets> {
  const place = placeOf(options, surroundings);
  if (place !== undefined) return loadMachineSets(place);
  const { env, cwd, clock } = surroundings;
  const { osCloud } = options;
  return loadSets({ env, cwd, clock, ...(osCloud !== undefined && { cloud: osCloud }) });
}

function placeOf(
  { kubeconfig, namespace, osCloud }: Options,
  { cwd, clock }: Surroundings,
): MachinePlace | undefined {
  if (kubeconfig === undefined && namespace === undefined) return undefined;
  if (kubeconfig === undefined) throw new InputError("--namespace", ["needs --kubeconfig"]);
  if (namespace === undefined) throw new InputError("--kubeconfig", ["needs --namespace"]);
  if (osCloud !== undefined) throw new InputError("--os-cloud", ["excludes --kubeconfig"]);
  return { kubeconfig, namespace, cwd, clock };
}

/** Of sets of two projects, ours; also one that cannot be restored any more. */
async function printEnvironment(
  snapId: string,
  options: Options,
  surroundings: Surroundings,
): Promise<void> {
  const { output } = options;
  const { cwd, out } = surroundings;
  const found = await load(options, surroundings);
  const named = setsNamed(snapId)(found);
  const set = named.find(({ owner }) => owner === found.projectId) ?? named[0];
  const text = set === undefined ? "" : environmentText(set);
  if (output === undefined) out(text);
  else writeNew(output, cwd, text);
}

/** The sets of that id, as two projects may have the same; or the one that `latest` means. */
function setsNamed(snapId: string): Choice {
  return (found) => {
    const named = found.sets.filter((set) => set.snapId === snapId);
    return named.length > 0 ? named : [select(snapId, found)];
  };
}

function newest(found: CloudSets): SnapsetRecord[] {
  return [select("latest", found)];
}

/** No nodes are asked for: whether a set fits an environment is for the restore to say. */
function select(snapId: string, { sets, projectId, now }: CloudSets): SnapsetRecord {
  return selectSet(sets, { snapId, projectId, now, nodes: [] });
}
