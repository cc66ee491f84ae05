import { ensureError, FencedError, TroupeError } from "../errors.ts";
import type { Clock } from "../ports/clock.ts";
import { pause } from "../ports/pause.ts";
import { type Random, systemRandom } from "../ports/random.ts";
import { EffectTimeoutError, UnknownEffectError } from "./errors.ts";
import type { JournaledWithOutbox } from "./journaled.ts";
import type { FailedEffect, PendingEffect } from "./outbox.ts";
import { untilChanged } from "./until-changed.ts";

/** What a try of an effect is told. */
export interface EffectContext {
  /** The same for every try and after every restart: receivers recognise a repeat by it. */
  readonly id: string;
  /** When the record that asked for it was written, epoch milliseconds. */
  readonly at: number;
  /** 1 for the first try of this runner. */
  readonly tries: number;
  /** Aborted when the try takes too long, and when the runner is stopped. */
  readonly signal: AbortSignal;
}

/** Does one effect. Rejects when it may not have happened, and is then called again. */
export type Perform<Effect> = (effect: Effect, context: EffectContext) => Promise<unknown>;

/** How the effects of an outbox are carried out, and what becomes of those that keep failing. */
export interface OutboxOptions<Effect> {
  readonly clock: Clock;
  /** For the jitter of pauses. Default the system's. */
  readonly random?: Random;
  /** How often an effect is tried before it is given up. Default 5. */
  readonly tries?: number;
  /** How long one try may take, milliseconds. Default 30 000. */
  readonly withinMs?: number;
  /**
   * Pauses between tries, milliseconds: doubled from `minMs` up to `maxMs`, each more or less by the
   * part `jitter`. Default 100, 10 000, 0.2.
   */
  readonly backoff?: {
    readonly minMs: number;
    readonly maxMs: number;
    readonly jitter: number;
  };
  /** Stops the runner; the effect at hand stays pending. Default: it is never stopped. */
  readonly signal?: AbortSignal;
  /** `stopped` (default): waits for further effects. `empty`: ends when none is pending. */
  readonly until?: "stopped" | "empty";
  /** Told of each effect that is given up. It is then in `outbox.failed`. Default: nobody is told. */
  readonly onFailed?: (failed: FailedEffect<Effect>) => void;
}

const usualTries = 5;
/** Characters of an error kept with a failed effect. */
const whyLimit = 2000;
const usualWithinMs = 30_000;
const usualBackoff = { minMs: 100, maxMs: 10_000, jitter: 0.2 };

/**
 * Performs an entity's pending effects, each at least once, one after the other in the order of
 * their records. What is performed is recorded as done; a crash between the two lets the next runner
 * perform it again, with the same id. An effect that fails `tries` times in a row is recorded as
 * failed, stays in `outbox.failed`, and the next one has its turn. Tries are counted by each runner
 * anew. While the journal cannot be reached, what became of an effect is kept and recorded later.
 *
 * A try that took too long may still have its effect afterwards, also after the next effect's.
 *
 * @returns when stopped, or when nothing is pending and `until` is `empty`
 * @throws FencedError when another writer has taken the entity over; it has the outbox too
 */
export async function runOutbox<Effect>(
  entity: Pick<JournaledWithOutbox<unknown, unknown, Effect>, "outbox" | "fenced">,
  perform: Perform<Effect>,
  options: OutboxOptions<Effect>,
): Promise<void> {
  const { signal = new AbortController().signal, until = "stopped" } = options;
  const { outbox } = entity;
  while (!signal.aborted) {
    if (entity.fenced !== undefined) throw entity.fenced;
    const [next] = outbox.pending;
    if (next === undefined) {
      if (until === "empty") return;
      await untilChanged(outbox, signal);
      continue;
    }
    const failure = await performBounded(next, perform, { ...options, signal });
    if (failure === "stopped") return;
    await persist(options, signal, async () => {
      if (failure === undefined) await outbox.done(next.id);
      else await outbox.fail(next.id, failure);
    });
    const failed = failure && outbox.failed.find(({ id }) => id === next.id);
    if (failed !== undefined) options.onFailed?.(failed);
  }
}

interface Failure {
  readonly tries: number;
  readonly why: string;
}

/** Tries until it is done (`undefined`), the tries are used up, or the runner is stopped. */
async function performBounded<Effect>(
  pending: PendingEffect<Effect>,
  perform: Perform<Effect>,
  options: OutboxOptions<Effect> & { readonly signal: AbortSignal },
): Promise<Failure | "stopped" | undefined> {
  const { tries: most = usualTries, signal, clock } = options;
  for (let tries = 1; ; tries += 1) {
    try {
      await performOnce(pending, perform, tries, options);
      return undefined;
    } catch (error) {
      if (signal.aborted) return "stopped";
      if (tries >= most) return { tries, why: ensureError(error).message.slice(0, whyLimit) };
    }
    await pause(clock, delayMs(tries, options), signal);
    if (signal.aborted) return "stopped";
  }
}

async function performOnce<Effect>(
  { id, at, effect }: PendingEffect<Effect>,
  perform: Perform<Effect>,
  tries: number,
  options: OutboxOptions<Effect> & { readonly signal: AbortSignal },
): Promise<void> {
  const { clock, withinMs = usualWithinMs, signal: stop } = options;
  const trial = new AbortController();
  const abort = (): void => trial.abort(stop.reason);
  stop.addEventListener("abort", abort);
  const cancel = clock.schedule(withinMs, () => trial.abort(new EffectTimeoutError(id, withinMs)));
  const aborted = new Promise<never>((_, reject) => {
    trial.signal.addEventListener("abort", () => reject(ensureError(trial.signal.reason)));
  });
  try {
    await Promise.race([perform(effect, { id, at, tries, signal: trial.signal }), aborted]);
  } finally {
    cancel();
    stop.removeEventListener("abort", abort);
  }
}

/** Records an outcome, however long the journal is away: performing again would be worse. */
async function persist<Effect>(
  options: OutboxOptions<Effect>,
  signal: AbortSignal,
  store: () => Promise<void>,
): Promise<void> {
  for (let tries = 1; !signal.aborted; tries += 1) {
    try {
      await store();
      return;
    } catch (error) {
      // The owner dismissed it meanwhile.
      if (error instanceof UnknownEffectError) return;
      if (error instanceof FencedError) throw error;
      if (error instanceof TroupeError && !error.retryable) throw error;
    }
    await pause(options.clock, delayMs(tries, options), signal);
  }
}

function delayMs<Effect>(tries: number, { backoff = usualBackoff, random }: OutboxOptions<Effect>) {
  const plain = Math.min(backoff.maxMs, backoff.minMs * 2 ** (tries - 1));
  return plain * (1 + backoff.jitter * ((random ?? systemRandom).next() * 2 - 1));
}
