import { z } from "zod";
import { clusterFactsSchema, phaseSchema, stops } from "../manifest";

const frozenSchema = z.object({
  members: z.array(z.string()),
  /** When the last of them was frozen; null before that. */
  at: z.iso.datetime().nullable(),
  /** When they thaw by themselves. */
  until: z.iso.datetime(),
  /** When they were told to thaw before all were known to be cut: what was cut later is no part of it. */
  brokenOffAt: z.iso.datetime().optional(),
  /** Whether all have been thawed again. */
  isThawed: z.boolean(),
});

/** What a capture has found out and changed so far; kept in its journal and in the stack's state. */
export const progressSchema = z.object({
  /** When everything was off, or the first image of a running server was asked for. */
  capturedAt: z.iso.datetime(),
  timings: z.array(phaseSchema),
  notAfter: z.iso.datetime().nullable(),
  cluster: clusterFactsSchema.nullable(),
  /** Servers that this capture brought down, by member: the ones to start again. */
  stopped: z.record(z.string(), z.object({ stop: z.enum(stops), seconds: z.number().nullable() })),
  /** Whether this capture made the cluster's nodes unschedulable and told them to go down. */
  quiesced: z.boolean(),
  /** Virtual machines that this capture froze; absent when it froze none. */
  frozen: frozenSchema.optional(),
});

export type CaptureProgress = z.output<typeof progressSchema>;

/** The progress of a capture that has only been begun. */
export function freshProgress(now: Date): CaptureProgress {
  return {
    capturedAt: now.toISOString(),
    timings: [],
    notAfter: null,
    cluster: null,
    stopped: {},
    quiesced: false,
  };
}
