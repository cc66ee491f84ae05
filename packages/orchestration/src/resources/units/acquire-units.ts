import { AskError, type Clock, type Entities, pause, type Reply } from "@troupe/actor";
import {
  HolderConflictError,
  InvalidValueError,
  type OrchestrationError,
  ResourceQueueFullError,
  UnitsWaitError,
  UnsatisfiableDemandError,
} from "../../errors.ts";
import type { Resources } from "../../scheduler/resources.ts";
import { check, isAmount, isPositive } from "../../scheduler/value-checks.ts";
import { type HeldUnits, holdUnits } from "./held-units.ts";
import { holderShape, type Refusal, type UnitsMessages, unitsShape } from "./units-protocol.ts";

/** Who is far back in the queue asks less often, this many times less at most. */
const slowestPoll = 10;

/** A demand for cluster-wide units. */
export interface UnitsRequest {
  /** As the allocator's options name it. All names of one demand are of one group. */
  readonly group: string;
  /**
   * Names this demand, for example goal, task and attempt; at most 256 characters. Who asks again under
   * the same, also from another process, has the same grant, not another.
   */
  readonly holder: string;
  /** Amounts by name, whole numbers from 1. All of them are granted at once. */
  readonly units: Resources;
  /** Longest wait for the grant, milliseconds. Default 600 000. */
  readonly waitMs?: number;
  /** Ends the wait; the promise rejects with its reason. Once granted it has no effect. */
  readonly signal?: AbortSignal;
  readonly clock: Clock;
  /** Time between two questions of one that is next, or cannot reach the allocator, milliseconds. Default 500. */
  readonly pollMs?: number;
  /** Longest wait for one answer of the allocator, milliseconds. Default 5000. */
  readonly askMs?: number;
}

/**
 * Waits until all the units are granted, and holds them by renewing their lease.
 *
 * Whoever came earlier and needs some of the same comes first. The allocator's node may be lost
 * meanwhile: the place in the queue and the grant are in its journal. A wait that ends otherwise gives
 * the place back; if that is not heard, it lapses with the lease.
 *
 * @param allocators `entityRefs(system, allocator)`, or what `hostEntities` gives
 * @throws UnsatisfiableDemandError when there is not as much, or no such name or group
 * @throws ResourceQueueFullError when as many wait as may
 * @throws HolderConflictError when the holder has or waits for other units
 * @throws UnitsWaitError when it took longer than `waitMs`; its cause, if any, is why nobody answered
 * @throws InvalidValueError for a demand that cannot be
 * @throws AskError when the allocator fails in a way that asking again cannot help
 *
 * @example
 * await using held = await acquireUnits(entityRefs(system, units), {
 *   group: "warehouse", holder: "orders/load/1", units: { licence: 1, "table:orders": 1 }, clock,
 * });
 * await load({ signal: held.signal, token: held.token });
 */
export async function acquireUnits(
  allocators: Entities<UnitsMessages>,
  request: UnitsRequest,
): Promise<HeldUnits> {
  checkRequest(request);
  const { group, holder, units, clock, signal } = request;
  const { waitMs = 600_000, pollMs = 500, askMs = 5000 } = request;
  signal?.throwIfAborted();
  const allocator = allocators.ref(group);
  const until = clock.monotonic() + waitMs;
  try {
    for (;;) {
      const askedAt = clock.monotonic();
      const asked = allocator.ask("acquire", { holder, units }, { withinMs: askMs });
      const answer = await unlessAborted(asked.catch(unanswered), signal);
      if ("refusal" in answer) throw new Refused(refusalError(answer.refusal, request));
      if ("token" in answer) {
        const { token, leaseMs } = answer;
        const granted = { group, holder, units, token, leaseMs, askedAt };
        return holdUnits(granted, { allocator, clock, askMs, pollMs });
      }
      const left = until - clock.monotonic();
      const cause = "failure" in answer ? answer.failure : undefined;
      if (left <= 0) throw new UnitsWaitError(holder, group, waitMs, { cause });
      const interval = "ahead" in answer ? pollInterval(answer, pollMs) : pollMs;
      await pause(clock, Math.min(interval, left), signal);
      signal?.throwIfAborted();
    }
  } catch (thrown) {
    // What was refused is not in the queue, and under its name there may be another demand.
    if (thrown instanceof Refused) throw thrown.error;
    allocator.ask("release", { holder }, { withinMs: askMs }).catch(() => {});
    throw thrown;
  }
}

/** Carries a refusal past the clean-up. */
class Refused extends Error {
  readonly error: OrchestrationError;
  constructor(error: OrchestrationError) {
    super(error.message);
    this.error = error;
  }
}

function unanswered(thrown: unknown): { readonly failure: AskError } {
  if (thrown instanceof AskError && thrown.retryable) return { failure: thrown };
  throw thrown;
}

type Waiting = Extract<Reply<UnitsMessages, "acquire">, { status: "waiting" }>;

/** Often enough that the place in the queue does not lapse. */
function pollInterval({ ahead, leaseMs }: Waiting, pollMs: number): number {
  return Math.min(pollMs * Math.min(1 + ahead, slowestPoll), leaseMs / 4);
}

function refusalError(refusal: Refusal, { group, holder }: UnitsRequest): OrchestrationError {
  switch (refusal.why) {
    case "unsatisfiable": {
      const { name, demand, limit } = refusal;
      return new UnsatisfiableDemandError(holder, `${group}/${name}`, demand, limit);
    }
    case "queue-full":
      return new ResourceQueueFullError(holder, `group '${group}'`, refusal.limit);
    case "conflict":
      return new HolderConflictError(holder, group);
  }
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

function checkRequest({ holder, units, waitMs, pollMs, askMs }: UnitsRequest): void {
  const place = `units for '${holder}'`;
  if (!holderShape.safeParse(holder).success) {
    throw new InvalidValueError(place, "holder", holder, "1 to 256 characters");
  }
  const parsed = unitsShape.safeParse(units);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = ["units", ...(issue?.path ?? [])].join(".");
    const expected = `amounts by name, whole numbers from 1 (${issue?.message})`;
    throw new InvalidValueError(place, field, JSON.stringify(units), expected);
  }
  check(place, "waitMs", waitMs, isAmount, "a number from 0");
  check(place, "pollMs", pollMs, isPositive, "a number above 0");
  check(place, "askMs", askMs, isPositive, "a number above 0");
}
