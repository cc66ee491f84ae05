import { type Clock, pause, type Subscription } from "@troupe/actor";
import type { GoalClient, GoalEvent } from "@troupe/goals";
import { FollowLimitError, GoalStalledError } from "./errors.ts";

/** How often the history is asked for besides listening: an event on its way can be lost. */
const refreshMs = 3000;
/** How soon it is tried again to begin listening. */
const listenAgainMs = 500;
/** How long nobody may answer for the goal before following it ends. */
const silenceLimitMs = 45_000;

export interface FollowOptions {
  readonly client: Pick<GoalClient, "watch" | "history">;
  readonly clock: Clock;
  readonly goal: string;
  /** Longest time to follow, milliseconds. */
  readonly limitMs: number;
  /** Ends following without a word. */
  readonly signal: AbortSignal;
}

/**
 * Tells `observe` every decision about a goal, each once and in order, until it has ended.
 *
 * @throws GoalStalledError when no node answers for it for too long; FollowLimitError when `limitMs`
 *   is over
 */
export async function follow(
  options: FollowOptions,
  observe: (event: GoalEvent) => void,
): Promise<void> {
  const { client, clock, goal, limitMs, signal } = options;
  const over = new AbortController();
  signal.addEventListener("abort", () => over.abort(), { once: true });
  const begun = clock.monotonic();
  let heard = begun;
  let last: Place = { sequence: 0, index: 0 };
  const take = (event: GoalEvent, place: Place): void => {
    heard = clock.monotonic();
    if (!isAfter(place, last)) return;
    last = place;
    observe(event);
    if (isLast(event)) over.abort();
  };
  const listening = await listen(options, placing(take));
  try {
    for (;;) {
      await pause(clock, refreshMs, over.signal);
      if (over.signal.aborted || signal.aborted) return;
      (await historyOf(client, goal)).forEach(placing(take));
      const now = clock.monotonic();
      if (now - heard > silenceLimitMs) throw new GoalStalledError(goal, now - heard);
      if (now - begun > limitMs) throw new FollowLimitError(goal, limitMs);
    }
  } finally {
    listening.unsubscribe();
  }
}

/** Begins to listen; nodes that are just coming up, or being replaced, are waited for. */
async function listen(
  { client, clock, goal, signal }: FollowOptions,
  take: (event: GoalEvent) => void,
): Promise<Subscription> {
  const begun = clock.monotonic();
  for (;;) {
    try {
      return await client.watch(goal, take);
    } catch (error) {
      const late = clock.monotonic() - begun > silenceLimitMs;
      if (late || signal.aborted || codeOf(error) !== "no-nodes") throw error;
    }
    await pause(clock, listenAgainMs, signal);
  }
}

/** No answer and no such goal both mean: nothing heard yet. */
async function historyOf(
  client: FollowOptions["client"],
  goal: string,
): Promise<readonly GoalEvent[]> {
  try {
    return await client.history(goal);
  } catch (error) {
    const code = codeOf(error);
    if (code === "goal-not-found" || code === "no-nodes") return [];
    throw error;
  }
}

/** Where a decision stands: those that were stored at once share a sequence, and are in order. */
interface Place {
  readonly sequence: number;
  readonly index: number;
}

function isAfter(place: Place, other: Place): boolean {
  return (
    place.sequence > other.sequence ||
    (place.sequence === other.sequence && place.index > other.index)
  );
}

/** Tells each decision of one source, which has them in order, with its place. */
function placing(take: (event: GoalEvent, place: Place) => void): (event: GoalEvent) => void {
  let last: Place = { sequence: 0, index: 0 };
  return (event) => {
    const { sequence } = event;
    last = { sequence, index: sequence === last.sequence ? last.index + 1 : 0 };
    take(event, last);
  };
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

function isLast({ record: { type } }: GoalEvent): boolean {
  return type === "finished" || type === "failed" || type === "cancelled" || type === "expired";
}
