import { type Actor, defineActor } from "@troupe/actor";
import { leadProtocol, type WorkerMessages, workerProtocol } from "../protocol.ts";
import { type WorkerSpec, workerHandlers } from "../worker.ts";
import { pieceSchema, type WorkBook } from "./work-book.ts";

/**
 * What a worker of a simulation is like.
 *
 * - `honest`: does what it is given.
 * - `forging`: besides, it reports results in the others' names.
 * - `sloppy`: its results have the wrong shape.
 * - `fickle`: besides, it reports another result of each leaf, and results of leaves that it was not given.
 */
export type Manner = "honest" | "forging" | "sloppy" | "fickle";

/** What nobody may be told: it is in no worker's book. */
const invented = "invented";
/** How many assignments, and leaves of each, a forger tries. */
const guessed = 4;

interface SimulatedWorker {
  readonly book: WorkBook;
  readonly manner: Manner;
  /** Number of the process it lives in. */
  readonly life: number;
  /** Names of all workers. */
  readonly others: readonly string[];
  readonly team?: NonNullable<WorkerSpec["team"]>;
}

/** A worker of a simulation, which does what its pieces say, in its manner. */
export function simulatedWorker({
  book,
  manner,
  life,
  others,
  team = [],
}: SimulatedWorker): Actor<WorkerMessages> {
  return defineActor(workerProtocol, (context) => {
    const own = context.self.address;
    const handlers = workerHandlers(context, {
      team,
      leading: { patienceMs: 400, attempts: 2 },
      perform: async (work, signal) => {
        const piece = pieceSchema.parse(work);
        if (piece.hangs) {
          book.hanging(piece, own, life, signal);
          await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
        }
        await new Promise<void>((resolve) => context.clock.schedule(piece.takesMs, resolve));
        if (book.fails(piece)) throw new RangeError("it failed");
        return manner === "sloppy" ? { sloppy: true } : book.made(piece, own);
      },
    });
    return {
      ...handlers,
      delegate: (work) => {
        const { job, assignment, token, lead, leaves, worker } = work;
        const box = context.ref(leadProtocol, lead);
        if (manner === "forging") {
          const lies = Array.from({ length: guessed }, (_, leaf) => ({ leaf, result: invented }));
          for (const other of others.filter((one) => one !== worker)) {
            // Assignments and leaves are numbered: others' are easily guessed.
            for (let guess = 1; guess <= guessed; guess += 1) {
              const named = { job, assignment: String(guess), worker: other, token };
              box.tell("report", { ...named, leaves: lies });
            }
          }
        }
        if (manner === "fickle") {
          const strange = { leaf: 1 + Math.max(...leaves.map(({ leaf }) => leaf)) };
          const about = { job, assignment, token, worker };
          box.tell("report", { ...about, leaves: [{ ...strange, result: invented }] });
        }
        return handlers.delegate(work);
      },
    };
  });
}
