import { z } from "zod";
import type { Decided } from "./decided.ts";
import { nothingDecided } from "./decided.ts";
import type { Entry } from "./messages.ts";
import { entrySchema, snapshotSchema } from "./messages.ts";

interface Snapshot {
  readonly index: number;
  readonly term: number;
  readonly decided: Decided;
}

/** What a replica must not forget. */
export interface Durable {
  readonly term: number;
  /** Whom it voted for in that term. */
  readonly votedFor: string | null;
  readonly snapshot: Snapshot;
  /** The entries after the snapshot. */
  readonly log: readonly Entry[];
}

export const durableSchema: z.ZodType<Durable> = z.object({
  term: z.number().int(),
  votedFor: z.string().nullable(),
  snapshot: snapshotSchema,
  log: z.array(entrySchema),
});

/** One thing to be stored before anything that follows from it is sent. */
export type StoredChange =
  | { readonly kind: "term"; readonly term: number; readonly votedFor: string | null }
  /** `entries` follow the one at `after`; what stood there goes. */
  | { readonly kind: "entries"; readonly after: number; readonly entries: readonly Entry[] }
  | { readonly kind: "snapshot"; readonly snapshot: Snapshot };

/** What is stored at once. */
export const storedChangesSchema: z.ZodType<readonly StoredChange[]> = z.array(
  z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("term"), term: z.number().int(), votedFor: z.string().nullable() }),
    z.object({
      kind: z.literal("entries"),
      after: z.number().int(),
      entries: z.array(entrySchema),
    }),
    z.object({ kind: z.literal("snapshot"), snapshot: snapshotSchema }),
  ]),
);

/** Of a replica that is new. */
export const nothingStored: Durable = {
  term: 0,
  votedFor: null,
  snapshot: { index: 0, term: 0, decided: nothingDecided },
  log: [],
};

/** After some changes, in their order. */
export function store(durable: Durable, changes: readonly StoredChange[]): Durable {
  return changes.reduce(storeOne, durable);
}

function storeOne(durable: Durable, change: StoredChange): Durable {
  const { snapshot, log } = durable;
  switch (change.kind) {
    case "term":
      return { ...durable, term: change.term, votedFor: change.votedFor };
    case "entries":
      return {
        ...durable,
        log: [...log.slice(0, change.after - snapshot.index), ...change.entries],
      };
    case "snapshot":
      return {
        ...durable,
        snapshot: change.snapshot,
        log: afterSnapshot(durable, change.snapshot),
      };
  }
}

/**
 * The entries that stay when a snapshot takes the place of those before: what follows the entry that it
 * ends with, or nothing when the log has another one there.
 */
function afterSnapshot({ snapshot, log }: Durable, { index, term }: Snapshot): readonly Entry[] {
  const covered = index - snapshot.index;
  return log[covered - 1]?.term === term ? log.slice(covered) : [];
}
