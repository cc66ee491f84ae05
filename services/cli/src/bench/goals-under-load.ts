import type { Clock, Transport } from "@troupe/actor";
import { type GoalClient, hasEnded, subjectsOf } from "@troupe/goals";
import { z } from "zod";
import { BenchStalledError } from "../errors.ts";
import { readJson } from "../read-json.ts";

/** How often goals that have not been heard of are asked about: a result on its way can be lost. */
const lookEveryMs = 2000;

const resultSchema = z.object({ goal: z.string(), outcome: z.string() });

export interface Load {
  readonly client: Pick<GoalClient, "submit" | "show">;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly prefix: string;
  /** How many goals there are. */
  readonly goals: number;
  /** How many are under way at most. */
  readonly open: number;
  /** Longest time that nothing may end, milliseconds. */
  readonly stallMs: number;
  /** The document of a goal. */
  readonly goal: (index: number) => Readonly<Record<string, unknown>> & { readonly id?: unknown };
  /** Is told how many have ended. */
  readonly progress: (ended: number) => void;
}

/** What became of the goals. */
export interface Endured {
  /** From publishing a goal to its durable receipt, milliseconds each. */
  readonly receipts: readonly number[];
  /** From publishing a goal to the news of its end. */
  readonly ends: readonly number[];
  readonly failed: readonly string[];
  readonly tookMs: number;
}

/**
 * Keeps goals under way until all have ended, and takes the times.
 *
 * @throws BenchStalledError when nothing ends for too long; RequestRefusedError, NoNodesError as `submit` does
 */
export async function endure(load: Load): Promise<Endured> {
  const { client, transport, clock, prefix, goals, open, stallMs, goal, progress } = load;
  const waiting = new Map<string, (succeeded: boolean) => void>();
  const receipts: number[] = [];
  const ends: number[] = [];
  const failed: string[] = [];
  const subjects = subjectsOf(prefix);
  const results = transport.subscribe(subjects.result("*"), ({ payload }) => {
    const { data } = resultSchema.safeParse(readJson(payload));
    if (data !== undefined) waiting.get(data.goal)?.(data.outcome === "succeeded");
  });
  const begun = clock.monotonic();
  let heard = begun;
  const stalled = Promise.withResolvers<never>();
  stalled.promise.catch(() => {});
  let cancel = (): void => {};
  const look = (): void => {
    cancel = clock.schedule(lookEveryMs, () => {
      if (clock.monotonic() - heard > stallMs) {
        return stalled.reject(new BenchStalledError([...waiting.keys()], stallMs));
      }
      for (const [id, end] of waiting) {
        client.show(id).then(
          (view) => hasEnded(view) && end(view.phase === "succeeded"),
          () => {},
        );
      }
      look();
    });
  };
  look();
  const one = async (index: number): Promise<void> => {
    const document = goal(index);
    const id = String(document.id);
    const published = clock.monotonic();
    const end = Promise.withResolvers<boolean>();
    waiting.set(id, end.resolve);
    await client.submit(document);
    receipts.push(clock.monotonic() - published);
    const succeeded = await Promise.race([end.promise, stalled.promise]);
    waiting.delete(id);
    heard = clock.monotonic();
    ends.push(heard - published);
    if (!succeeded) failed.push(id);
    progress(ends.length);
  };
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < goals) {
      next += 1;
      await one(next - 1);
    }
  };
  try {
    await transport.flush();
    await Promise.all(Array.from({ length: Math.min(open, goals) }, lane));
  } finally {
    cancel();
    results.unsubscribe();
  }
  return { receipts, ends, failed, tookMs: clock.monotonic() - begun };
}
