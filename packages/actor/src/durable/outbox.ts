import { z } from "zod";
import type { Cancel } from "../ports/clock.ts";

/** Something to be done outside because of a record, kept until it is known to be done. */
export interface PendingEffect<Effect> {
  /** `<subject>.<sequence>.<n>`: the same for every try, so that receivers can tell a repeat. */
  readonly id: string;
  /** When its record was written, epoch milliseconds. */
  readonly at: number;
  readonly effect: Effect;
}

/** An effect that was given up. It stays until it is tried again or dismissed. */
export interface FailedEffect<Effect> extends PendingEffect<Effect> {
  /** How often the runner that gave up had tried. */
  readonly tries: number;
  /** What the last try failed with. */
  readonly why: string;
  /** When it was given up, epoch milliseconds. */
  readonly failedAt: number;
}

/**
 * The effects of an entity's records that are not done. What happens to them is stored in the
 * entity's journal, fenced like its records; each method rejects as `Journaled.append` does.
 */
export interface Outbox<Effect> {
  /** To be performed, in the order of their records. */
  readonly pending: readonly PendingEffect<Effect>[];
  /** Given up, in the order that happened. */
  readonly failed: readonly FailedEffect<Effect>[];
  /**
   * Records that an effect is done, or that a failed one is dismissed.
   *
   * @throws UnknownEffectError when it is neither pending nor failed
   */
  done(id: string): Promise<void>;
  /**
   * Gives an effect up, visibly.
   *
   * @param failure.tries how often it was tried
   * @param failure.why what the last try failed with
   * @throws UnknownEffectError when it is neither pending nor failed
   */
  fail(id: string, failure: { readonly tries: number; readonly why: string }): Promise<void>;
  /**
   * Puts a failed effect behind the pending ones, to be tried anew.
   *
   * @throws UnknownEffectError when it is neither pending nor failed
   */
  again(id: string): Promise<void>;
  /** Calls back after every change, and when the entity is fenced, until cancelled. */
  observe(listener: () => void): Cancel;
}

/** What became of an effect. */
export const settlementSchema = z.discriminatedUnion("outcome", [
  z.object({ effect: z.string(), outcome: z.literal("done") }),
  z.object({
    effect: z.string(),
    outcome: z.literal("failed"),
    tries: z.number(),
    why: z.string(),
  }),
  z.object({ effect: z.string(), outcome: z.literal("again") }),
]);
export type Settlement = z.infer<typeof settlementSchema>;

/** The effects that are not done, after some number of records. */
export interface OutboxState<Effect> {
  readonly pending: readonly PendingEffect<Effect>[];
  readonly failed: readonly FailedEffect<Effect>[];
}

export const emptyOutbox: OutboxState<never> = { pending: [], failed: [] };

/** The outbox after a record that asks for effects. */
export function withEffects<Effect>(
  outbox: OutboxState<Effect>,
  from: { readonly subject: string; readonly sequence: number; readonly at: number },
  effects: readonly Effect[],
): OutboxState<Effect> {
  if (effects.length === 0) return outbox;
  const { subject, sequence, at } = from;
  const added = effects.map((effect, n) => ({ id: `${subject}.${sequence}.${n}`, at, effect }));
  return { ...outbox, pending: [...outbox.pending, ...added] };
}

/** The effect, if it is pending or failed. */
export function findEffect<Effect>(
  { pending, failed }: OutboxState<Effect>,
  id: string,
): PendingEffect<Effect> | undefined {
  return pending.find((one) => one.id === id) ?? failed.find((one) => one.id === id);
}

/** The outbox after a settlement; one of an effect that is not there changes nothing. */
export function withSettlement<Effect>(
  outbox: OutboxState<Effect>,
  settlement: Settlement,
  failedAt: number,
): OutboxState<Effect> {
  const found = findEffect(outbox, settlement.effect);
  if (found === undefined) return outbox;
  const { id, at, effect } = found;
  const pending = outbox.pending.filter((one) => one.id !== id);
  const failed = outbox.failed.filter((one) => one.id !== id);
  if (settlement.outcome === "done") return { pending, failed };
  if (settlement.outcome === "again") return { pending: [...pending, { id, at, effect }], failed };
  const { tries, why } = settlement;
  return { pending, failed: [...failed, { id, at, effect, tries, why, failedAt }] };
}
