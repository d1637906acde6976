import { z } from "zod";
import { InputError } from "../../common/errors";
import { platformNames } from "../platforms";
import { packText, unpackText } from "../packedText";
import { problemsOf } from "../problems";
import { roles } from "../roles";
import { progressSchema } from "./progress";

/** The tag of the image that keeps a capture's journal; it has no data and boots nothing. */
export const journalTag = "snapset-capture";
const journalProperty = "snapset_journal";

const journalVersion = 1;

const journalSchema = z.object({
  schemaVersion: z.literal(journalVersion),
  snapId: z.string(),
  environmentName: z.string(),
  startedAt: z.iso.datetime(),
  /** Whether it has looked for rivals and found that it may go on. */
  isUnderWay: z.boolean(),
  /** The servers that are being captured. */
  instances: z.array(
    z.object({
      name: z.string(),
      uuid: z.string(),
      role: z.enum(roles),
      macAddress: z.string(),
      platform: z.enum(platformNames).exactOptional(),
    }),
  ),
  progress: progressSchema,
});

/**
 * What a capture is doing to which servers: written before each change, so that one that was killed
 * can be finished or given back, and so that two do not capture the same servers at once.
 */
export type Journal = z.output<typeof journalSchema>;

/** A journal as the cloud has it. */
export interface StoredJournal {
  /** The id under which it is kept. */
  storedAs: string;
  /** What keeps it, for whoever has to delete it by hand: `image snapset-capture-AbCdEf12 (…)`. */
  what: string;
  createdAt: string;
  journal: Journal;
}

/** The name of the image that keeps a journal. */
export function journalNameOf(snapId: string): string {
  return `snapset-capture-${snapId}`;
}

/** A journal as properties of its image. */
export function encodeJournal(journal: Journal): Record<string, string> {
  return packText(journalProperty, JSON.stringify(journal));
}

/** What keeps a journal, with the journal in its other properties. */
interface JournalKeeper {
  id: string;
  name: string;
  created_at: string;
  [property: string]: unknown;
}

/**
 * @param kind what keeps it: an image, or a ConfigMap
 * @throws {InputError} naming what keeps it, when it holds no journal that can be read
 */
export function decodeJournal(image: JournalKeeper, kind = "image"): StoredJournal {
  const source = `${kind} ${image.name} (${image.id})`;
  const parsed = journalSchema.safeParse(parseJson(image, source, kind));
  if (!parsed.success) throw new InputError(source, problemsOf(parsed.error));
  return {
    storedAs: image.id,
    what: source,
    createdAt: image.created_at,
    journal: parsed.data,
  };
}

function parseJson(
  image: Readonly<Record<string, unknown>>,
  source: string,
  kind: string,
): unknown {
  const text = unpackText(journalProperty, image, source);
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    const why = (error as Error).message;
    throw new InputError(source, [
      `the journal cannot be read: ${why}: delete the ${kind} if no capture is under way`,
    ]);
  }
  const version = (data as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (typeof version === "number" && version > journalVersion) {
    throw new InputError(source, [
      `the journal has schema ${version}, this version of SnapSet reads ${journalVersion}: update SnapSet`,
    ]);
  }
  return data;
}

/** The journal of a capture, if it has one. */
export function journalOf(
  snapId: string,
  all: readonly StoredJournal[],
): StoredJournal | undefined {
  return all.find(({ journal }) => journal.snapId === snapId);
}

/**
 * The other captures that have servers of `mine`; of two that were begun at the same time each sees
 * the other.
 */
export function rivalsOf(
  mine: Pick<Journal, "snapId" | "instances">,
  all: readonly StoredJournal[],
): StoredJournal[] {
  const servers = new Set(mine.instances.map(({ uuid }) => uuid));
  return all.filter(
    ({ journal }) =>
      journal.snapId !== mine.snapId && journal.instances.some(({ uuid }) => servers.has(uuid)),
  );
}

/**
 * Whether a capture that has just begun gives way to a rival: to one that is under way, and of two
 * that are not to the one with the smaller id. Glance's times are of whole seconds and of several
 * hosts, so they tell nothing of two that began together.
 */
export function givesWay(own: StoredJournal, rival: StoredJournal): boolean {
  return rival.journal.isUnderWay || rival.storedAs < own.storedAs;
}

/** Why a capture has to wait for another one, and what can be done. */
export function rivalProblem({ what, journal }: StoredJournal): string {
  return (
    `capture ${journal.snapId} of environment ${journal.environmentName}, begun at ${journal.startedAt}, ` +
    "has servers of this one and is under way or was interrupted: finish it with `pulumi up` in its stack, " +
    "or give it back there with `pulumi destroy`; " +
    `if that stack is lost, delete ${what}`
  );
}
