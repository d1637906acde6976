import fc from "fast-check";
import { InputError } from "../../../common/errors";
import {
  decodeJournal,
  encodeJournal,
  givesWay,
  journalNameOf,
  rivalProblem,
  rivalsOf,
  type StoredJournal,
} from "../../../snapset/capture/journal";
import { roles } from "../../../snapset/roles";
import { stops } from "../../../snapset/manifest";
import { journalOf } from "./domain";

/** The image that keeps the journal, with those properties instead of it. */
function imageOf(
  { storedAs, createdAt, journal }: StoredJournal,
  properties: Record<string, unknown> = encodeJournal(journal),
) {
  return {
    id: storedAs,
    name: journalNameOf(journal.snapId),
    created_at: createdAt,
    ...properties,
  };
}

const time = fc
  .date({
    min: new Date("2020-01-01"),
    max: new Date("2040-01-01"),
    noInvalidDate: true,
  })
  .map((date) => date.toISOString());
const snapId = fc.stringMatching(/^[\w-]{8}$/);

const storedJournal: fc.Arbitrary<StoredJournal> = fc.record({
  storedAs: fc.uuid(),
  what: fc.string(),
  createdAt: time.map((it) => it.replace(/\.\d+Z$/, "Z")),
  journal: fc.record({
    schemaVersion: fc.constant(1 as const),
    snapId,
    environmentName: fc.string({ unit: "binary" }),
    startedAt: time,
    isUnderWay: fc.boolean(),
    instances: fc.array(
      fc.record({
        name: fc.string(),
        uuid: fc.constantFrom("a", "b", "c", "d", "e"),
        role: fc.constantFrom(...roles),
        macAddress: fc.constant("fa:16:9e:81:f6:10"),
      }),
      { maxLength: 3 },
    ),
    progress: fc.record({
      capturedAt: time,
      timings: fc.array(
        fc.record({ name: fc.string(), startedAt: time, endedAt: time, evidence: fc.string() }),
        { maxLength: 3 },
      ),
      notAfter: fc.option(time),
      cluster: fc.option(
        fc.record({ clusterId: fc.uuid(), version: fc.string(), nodes: fc.constant([]) }),
      ),
      stopped: fc.dictionary(
        fc.stringMatching(/^[a-z]+\d$/),
        fc.record({ stop: fc.constantFrom(...stops), seconds: fc.option(fc.nat()) }),
      ),
      quiesced: fc.boolean(),
    }),
  }),
});

describe("a journal on its image", () => {
  it("comes back as it was written", () => {
    fc.assert(
      fc.property(storedJournal, (stored) => {
        const properties = encodeJournal(stored.journal);
        expect(decodeJournal(imageOf(stored, properties))).toEqual({
          ...stored,
          what: `image ${journalNameOf(stored.journal.snapId)} (${stored.storedAs})`,
          journal: JSON.parse(JSON.stringify(stored.journal)) as unknown,
        });
      }),
    );
  });

  it("holds a capture of a thousand servers", () => {
    const stored = journalOf(
      "AbCdEf12",
      Array.from({ length: 1000 }, (_, i) => `worker${i}`),
    );
    const properties = encodeJournal(stored.journal);
    expect(Object.keys(properties)).toEqual(["snapset_journal"]);
    expect(decodeJournal(imageOf(stored, properties))).toEqual(stored);
  });

  const source = "image snapset-capture-AbCdEf12 (journal-AbCdEf12)";
  it.each([
    ["is missing", {}, "snapset_journal cannot be read: snapset_journal is missing"],
    [
      "is cut",
      { snapset_journal: '{"schemaVersion":1' },
      "the journal cannot be read: Expected ',' or '}' after property value in JSON at position 18",
    ],
    [
      "is empty",
      { snapset_journal: "" },
      "the journal cannot be read: Unexpected end of JSON input: delete the image if no capture is under way",
    ],
    [
      "lacks its second part",
      { snapset_journal: "parts:2:gzip:" },
      "snapset_journal cannot be read: snapset_journal_2 is missing",
    ],
    [
      "is of a newer version",
      { snapset_journal: '{"schemaVersion":2}' },
      "the journal has schema 2, this version of SnapSet reads 1: update SnapSet",
    ],
  ])("says which image's journal %s", (_, properties, problem) => {
    const decode = () => decodeJournal(imageOf(journalOf("AbCdEf12"), properties));
    expect(decode).toThrow(InputError);
    expect(decode).toThrow(`${source}: ${problem}`);
  });

  it("says what is wrong with it, all of it", () => {
    const { journal } = journalOf("AbCdEf12");
    const snapset_journal = JSON.stringify({ ...journal, snapId: 1, startedAt: "noon" });
    expect(() => decodeJournal(imageOf(journalOf("AbCdEf12"), { snapset_journal }))).toThrow(
      new InputError(source, [
        "snapId: Invalid input: expected string, received number",
        "startedAt: Invalid ISO datetime",
      ]),
    );
  });
});

describe("rivals", () => {
  it("are other captures that have a server in common, and no others", () => {
    const mine = journalOf("mine----", ["master0", "master1"]);
    const all = [
      mine,
      journalOf("rival---", ["worker0", "master1"]),
      journalOf("stranger", ["worker0"]),
      journalOf("empty---", []),
    ];
    expect(rivalsOf(mine.journal, all).map(({ journal }) => journal.snapId)).toEqual(["rival---"]);
  });

  it("see each other", () => {
    fc.assert(
      fc.property(storedJournal, storedJournal, (a, b) => {
        const seesB = rivalsOf(a.journal, [a, b]).includes(b);
        const seesA = rivalsOf(b.journal, [a, b]).includes(a);
        expect(seesB).toBe(seesA);
      }),
    );
  });

  it("are never of the same set", () => {
    fc.assert(
      fc.property(storedJournal, (stored) => {
        expect(rivalsOf(stored.journal, [stored, { ...stored, storedAs: "second" }])).toEqual([]);
      }),
    );
  });

  it("that began together: exactly one gives way", () => {
    const stored = fc.record({ storedAs: fc.uuid() });
    fc.assert(
      fc.property(stored, stored, (one, other) => {
        fc.pre(one.storedAs !== other.storedAs);
        const [a, b] = [journalOf("a-------", [], one), journalOf("b-------", [], other)];
        expect(givesWay(a, b)).toBe(!givesWay(b, a));
      }),
    );
  });

  it("that are under way are never asked to", () => {
    const [a, b] = [journalOf("a-------"), journalOf("b-------")];
    b.journal.isUnderWay = true;
    expect([givesWay(a, b), givesWay({ ...a, storedAs: "0" }, b)]).toEqual([true, true]);
  });

  it("are a problem that says what can be done", () => {
    expect(rivalProblem(journalOf("AbCdEf12"))).toBe(
      "capture AbCdEf12 of environment lab, begun at 2026-11-21T12:00:00.000Z, " +
        "has servers of this one and is under way or was interrupted: " +
        "finish it with `pulumi up` in its stack, or give it back there with `pulumi destroy`; " +
        "if that stack is lost, delete image snapset-capture-AbCdEf12 (journal-AbCdEf12)",
    );
  });
});
