import { Command, CommanderError } from "commander";
import { systemClock, type Clock } from "../common/clock";
import { messageOf } from "../common/errors";
import { selectSet } from "../snapset/selection";
import type { SnapsetRecord } from "../snapset/sets";
import { description } from "./description";
import { listing } from "./listing";
import { loadSets, type CloudSets } from "./loadSets";
import { viewOf, type SetView } from "./setView";

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
  json?: boolean;
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

function program({ env, cwd, clock, out, err }: Surroundings): Command {
  const say = (text: string) => {
    out(`${text}\n`);
  };
  const load = ({ osCloud }: Options) =>
    loadSets({ env, cwd, clock, ...(osCloud === undefined ? {} : { cloud: osCloud }) });
  const command = new Command("snapset")
    .description("Looks at the sets in a cloud.")
    .option(
      "--os-cloud <name>",
      "the cloud in clouds.yaml (default: OS_CLOUD, OS_*, or the only one)",
    )
    .exitOverride()
    .configureOutput({ writeOut: out, writeErr: err })
    .configureHelp({ showGlobalOptions: true });
  const verb = (nameAndArgs: string, text: string) =>
    command.command(nameAndArgs).description(text);

  verb("list", "prints a table of all sets, the newest first")
    .option("--json", "print everything that is known, as JSON")
    .action(async (_options: Options, self: Command) => {
      const options = self.optsWithGlobals<Options>();
      const found = await load(options);
      const views = viewsOf(found.sets, found, clock.now());
      say(options.json === true ? JSON.stringify(views, undefined, 2) : listing(views));
    });

  verb("show <snap_id>", "prints everything about one set; `latest` is the one that latest prints")
    .option("--json", "print it as JSON, in a list as of `list`")
    // A snap_id may begin with a dash.
    .allowUnknownOption()
    .action(async (snapId: string, _options: Options, self: Command) => {
      const options = self.optsWithGlobals<Options>();
      const found = await load(options);
      const views = viewsOf(setsNamed(snapId, found, clock.now()), found, clock.now());
      say(
        options.json === true
          ? JSON.stringify(views, undefined, 2)
          : views.map(description).join("\n\n\n"),
      );
    });

  verb(
    "latest",
    "prints the snap_id of the newest set that can be restored, and nothing else",
  ).action(async (_options: Options, self: Command) => {
    const found = await load(self.optsWithGlobals<Options>());
    say(latest(found, clock.now()).snapId);
  });
  return command;
}

function viewsOf(
  sets: readonly SnapsetRecord[],
  { images, projectId }: CloudSets,
  now: Date,
): SetView[] {
  return sets.map((set) => viewOf(set, images, { projectId, now }));
}

/** Two projects may have a set of the same id; then both are shown. */
function setsNamed(snapId: string, found: CloudSets, now: Date): SnapsetRecord[] {
  if (snapId === "latest") return [latest(found, now)];
  const named = found.sets.filter((set) => set.snapId === snapId);
  return named.length > 0 ? named : [select(snapId, found, now)];
}

function latest(found: CloudSets, now: Date): SnapsetRecord {
  return select("latest", found, now);
}

/** No nodes are asked for: whether a set fits an environment is for the restore to say. */
function select(snapId: string, { sets, projectId }: CloudSets, now: Date): SnapsetRecord {
  return selectSet(sets, { snapId, projectId, now, nodes: [] });
}
