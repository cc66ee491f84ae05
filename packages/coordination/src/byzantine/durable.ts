import { z } from "zod";
import { equivocationSchema, evidenceKey } from "./equivocation.ts";
import { leaderOf, type ReplicaGroup } from "./group.ts";
import { decodeLedger } from "./ledger.ts";
import {
  batchSchema,
  type Certificate,
  type Commit,
  certificateSchema,
  checkpointSchema,
  logWindowMost,
  newViewSchema,
  type Prepare,
  prePrepareSchema,
  viewChangeSchema,
} from "./messages.ts";
import {
  emptySlot,
  type Identity,
  initialState,
  type Pledge,
  type ReplicaState,
  type Slot,
} from "./state.ts";
import { Turn } from "./turn.ts";

const stableSchema = z.object({
  sequence: z.number().int(),
  digest: z.string(),
  snapshot: z.string(),
  proof: z.array(checkpointSchema),
});

/** One stored step: its pledges. */
export const pledgesSchema: z.ZodType<readonly Pledge[]> = z.array(
  z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("accepted"), prePrepare: prePrepareSchema, batch: batchSchema }),
    z.object({ kind: z.literal("prepared"), certificate: certificateSchema }),
    z.object({ kind: z.literal("view-change"), message: viewChangeSchema }),
    z.object({ kind: z.literal("new-view"), message: newViewSchema }),
    z.object({ kind: z.literal("stable"), checkpoint: stableSchema }),
    z.object({ kind: z.literal("evidence"), proof: equivocationSchema }),
  ]),
);

/** What a replica must not forget, JSON data: the fold of its pledges. */
export const promisesSchema = z.object({
  view: z.number().int(),
  viewChange: viewChangeSchema.nullable(),
  newView: newViewSchema.nullable(),
  stable: stableSchema.nullable(),
  /** Orders of the present view. */
  accepted: z.array(prePrepareSchema),
  prepared: z.array(certificateSchema),
  bodies: z.array(z.object({ digest: z.string(), sequence: z.number().int(), batch: batchSchema })),
  /** Proofs that others lie, the first of each signer and kind. */
  evidence: z.array(equivocationSchema),
});
export type Promises = z.output<typeof promisesSchema>;

/** Batches kept, whatever happens: as many as a replica with the largest window keeps in memory. */
const bodiesMost = 4 * logWindowMost;

/** Of a replica that has promised nothing. */
export const noPromises: Promises = {
  view: 0,
  viewChange: null,
  newView: null,
  stable: null,
  accepted: [],
  prepared: [],
  bodies: [],
  evidence: [],
};

/** Promises after one more step. */
export function keepPledges(promises: Promises, pledges: readonly Pledge[]): Promises {
  return pledges.reduce(keepPledge, promises);
}

function keepPledge(promises: Promises, pledge: Pledge): Promises {
  switch (pledge.kind) {
    case "accepted": {
      const { prePrepare, batch } = pledge;
      const { digest, sequence } = prePrepare;
      const others = promises.bodies.filter((body) => body.digest !== digest);
      return {
        ...promises,
        accepted: [...promises.accepted, prePrepare],
        bodies: [...others, { digest, sequence, batch }].slice(-bodiesMost),
      };
    }
    case "prepared": {
      const { certificate } = pledge;
      const { sequence } = certificate.prePrepare;
      const others = promises.prepared.filter((one) => one.prePrepare.sequence !== sequence);
      return { ...promises, prepared: [...others, certificate] };
    }
    case "evidence":
      return { ...promises, evidence: [...promises.evidence, pledge.proof] };
    case "view-change":
      return { ...promises, view: pledge.message.view, viewChange: pledge.message };
    case "new-view": {
      const { view } = pledge.message;
      return { ...promises, view, viewChange: null, newView: pledge.message, accepted: [] };
    }
    case "stable": {
      const { checkpoint } = pledge;
      const isAbove = ({ sequence }: { readonly sequence: number }): boolean =>
        sequence > checkpoint.sequence;
      return {
        ...promises,
        stable: { ...checkpoint, proof: [...checkpoint.proof] },
        accepted: promises.accepted.filter(isAbove),
        prepared: promises.prepared.filter(({ prePrepare }) => isAbove(prePrepare)),
        bodies: promises.bodies.filter(isAbove),
      };
    }
  }
}

/**
 * A replica as it starts again: it stands by everything it has promised, and executes again from its
 * stable checkpoint what the others show it to be decided.
 */
export function recover(identity: Identity, promises: Promises): ReplicaState {
  const turn = new Turn(identity, withStable(identity.group, promises));
  const { state } = turn;
  state.view = promises.view;
  state.changing = promises.viewChange !== null;
  state.newView = promises.newView ?? undefined;
  if (promises.viewChange !== null) {
    state.viewChanges = new Map([[identity.name, promises.viewChange]]);
  }
  const { bodies } = promises;
  state.bodies = new Map([
    ...state.bodies,
    ...bodies.map(({ digest, sequence, batch }) => [digest, { sequence, batch }] as const),
  ]);
  const { prepared } = promises;
  state.certificates = new Map(prepared.map((one) => [one.prePrepare.sequence, one]));
  state.evidence = new Map(promises.evidence.map((proof) => [evidenceKey(proof), proof]));
  if (!state.changing) acceptAgain(turn, promises);
  return state;
}

function withStable(group: ReplicaGroup, { stable }: Promises): ReplicaState {
  const state = initialState(group);
  if (stable === null) return state;
  const { sequence, snapshot } = stable;
  const ledger = decodeLedger(snapshot);
  return { ...state, stable, executed: sequence, ledger, nextSequence: sequence + 1 };
}

/** Signs again what it had agreed to in the present view: signatures come out the same. */
function acceptAgain(turn: Turn, { newView, accepted, prepared }: Promises): void {
  const { state } = turn;
  const orders = [...(newView?.prePrepares ?? []), ...accepted];
  const slots = new Map<number, Slot>();
  for (const prePrepare of orders) {
    const { view, sequence, digest } = prePrepare;
    if (view !== state.view || sequence <= state.stable.sequence) continue;
    const isBackup = leaderOf(turn.group, view) !== turn.me;
    const own = isBackup ? [turn.sign<Prepare>({ kind: "prepare", view, sequence, digest })] : [];
    const prepares = own.map((prepare) => [turn.me, prepare] as const);
    const certificate = prepared.find((one) => isOf(one, view, sequence));
    const commits = certificate === undefined ? [] : [commitOf(turn, certificate)];
    slots.set(sequence, {
      ...emptySlot,
      prePrepare,
      prepares: new Map([
        ...(certificate?.prepares ?? []).map((prepare) => [prepare.sender, prepare] as const),
        ...prepares,
      ]),
      prepared: certificate !== undefined,
      commits: new Map(commits.map((commit) => [turn.me, commit])),
    });
    state.nextSequence = Math.max(state.nextSequence, sequence + 1);
  }
  state.slots = slots;
}

function isOf({ prePrepare }: Certificate, view: number, sequence: number): boolean {
  return prePrepare.view === view && prePrepare.sequence === sequence;
}

function commitOf(turn: Turn, { prePrepare: { view, sequence, digest } }: Certificate): Commit {
  return turn.sign<Commit>({ kind: "commit", view, sequence, digest });
}
