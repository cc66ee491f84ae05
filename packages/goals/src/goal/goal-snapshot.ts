import type { VersionedFormat } from "@troupe/actor";
import { z } from "zod";
import type { GoalState } from "./state.ts";

/**
 * How the state of a goal is stored beside its records. The version changes with whatever `GoalState`
 * holds and with how records are folded into it, also in a way that its type does not show: a snapshot
 * of another version is left aside for the records, which never means more than time. What is looked at
 * here is only that it is a state at all; zstd and JSON find damage.
 */
export const goalSnapshotFormat: VersionedFormat<GoalState> = {
  version: 4,
  schema: z.custom<GoalState>(
    (value) => stateSchema.safeParse(value).success,
    "it is no goal state",
  ),
};

const stateSchema = z.looseObject({
  id: z.string(),
  phase: z.string(),
  goal: z.looseObject({ kind: z.string() }),
  sequence: z.number(),
  coordinator: z.string(),
  counts: z.record(z.string(), z.number()),
  tasks: z.custom<object>((value) => typeof value === "object" && value !== null),
  replannings: z.array(z.unknown()),
});
