import type { Random } from "@troupe/actor";
import { z } from "zod";
import { between, happens } from "../../simulation/chance.ts";

/** A leaf of a simulated job: it carries what becomes of it, wherever it is done. */
export const pieceSchema = z.object({
  job: z.string(),
  leaf: z.number().int(),
  takesMs: z.number(),
  /** How often it fails before it succeeds. */
  failures: z.number().int(),
  /** Whether it is never done, and ends only when nobody wants it any more. */
  hangs: z.boolean(),
});
export type Piece = z.output<typeof pieceSchema>;

/** What every worker really did, for whoever judges outcomes: it sees what no lead can. */
export class WorkBook {
  readonly #results = new Map<string, Set<string>>();
  readonly #tries = new Map<string, number>();
  readonly #running = new Map<string, { readonly job: string; readonly signal: AbortSignal }>();

  /** Pieces of a job as they come, some of which fail for a while or for good. */
  draw(random: Random, job: string, count: number): readonly Piece[] {
    return Array.from({ length: count }, (_, leaf) => ({
      job,
      leaf,
      takesMs: between(random, 5, 300),
      failures: happens(random, 0.2) ? between(random, 1, 3) : 0,
      hangs: happens(random, 0.03),
    }));
  }

  /** Counts a try, and says whether it fails. */
  fails({ job, leaf, failures }: Piece): boolean {
    const key = `${job} ${leaf}`;
    const tries = (this.#tries.get(key) ?? 0) + 1;
    this.#tries.set(key, tries);
    return tries <= failures;
  }

  /** A result unlike any other, which its worker has really made. */
  made({ job, leaf }: Piece, worker: string): string {
    const key = `${job} ${leaf}`;
    const made = this.#results.get(key) ?? new Set();
    this.#results.set(key, made);
    const result = `${key} by ${worker} no ${made.size + 1}`;
    made.add(result);
    return result;
  }

  /** Whether a worker has made this result of this leaf. */
  isMade(job: string, leaf: number, result: string): boolean {
    return this.#results.get(`${job} ${leaf}`)?.has(result) ?? false;
  }

  /** Somebody waits for the signal: a piece that hangs. */
  hanging({ job, leaf }: Piece, worker: string, life: number, signal: AbortSignal): void {
    this.#running.set(`${worker} ${life} ${job} ${leaf}`, { job, signal });
  }

  /** Who still works at a piece of the job that hangs. */
  stillAt(job: string): readonly string[] {
    return [...this.#running].flatMap(([name, one]) =>
      one.job === job && !one.signal.aborted ? [name] : [],
    );
  }
}
