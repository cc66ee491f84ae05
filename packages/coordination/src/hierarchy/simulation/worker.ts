import { type Actor, defineActor } from "@troupe/actor";
import { leadProtocol, type WorkerMessages, workerProtocol } from "../protocol.ts";
import { type WorkerSpec, workerHandlers } from "../worker.ts";
import { pieceSchema, type WorkBook } from "./work-book.ts";

/**
 * What a worker of a simulation is like.
 *
 * - `honest`: does what it is given.
 * - `forging`: besides, it reports results, and declines, in the others' names.
 * - `sloppy`: its results have the wrong shape.
 * - `fickle`: besides, it reports another result of each leaf, and results of leaves that it was not given.
 */
export type Manner = "honest" | "forging" | "sloppy" | "fickle";

/** What nobody may be told: it is in no worker's book. */
const invented = "invented";

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
        const about = { job, assignment, token };
        const lies = leaves.map(({ leaf }) => ({ leaf, result: invented }));
        if (manner === "forging") {
          for (const other of others.filter((one) => one !== worker)) {
            box.tell("report", { ...about, worker: other, leaves: lies });
            box.tell("report", { ...about, worker: other, leaves: [], declined: "no time" });
          }
        }
        if (manner === "fickle") {
          const strange = { leaf: 1 + Math.max(...leaves.map(({ leaf }) => leaf)) };
          box.tell("report", { ...about, worker, leaves: [{ ...strange, result: invented }] });
        }
        return handlers.delegate(work);
      },
    };
  });
}
