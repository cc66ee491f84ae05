import type { Adaptation, Episode, Memory, MemoryRecord } from "./memory.ts";

/** Episodes of one situation that are looked at, and fewest that say anything. */
const window = 10;
const evidence = 5;
/** What a method comes to that is not worth beginning with, and one that is. */
const poorSuccess = 0.2;
const goodSuccess = 0.8;
/** Episodes after which an adaptation is held against what was before. */
const trial = 5;
/** Episodes that must pass before what was withdrawn is tried again. */
const forbearance = 50;
/** Means of so many episodes are compared for a trend, and how far apart they must be. */
const trendEpisodes = 3;
const trendThreshold = 0.1;

/** What one method came to. */
interface Pattern {
  readonly method: string;
  readonly tries: number;
  readonly success: number;
  readonly durationMs: number;
}

/** What there is to say after one more episode. */
export interface Reflection {
  /** Of the episode: how much longer it took than the one method that did it. */
  readonly analysis: { readonly summary: string; readonly wastedMs: number };
  readonly patterns: readonly Pattern[];
  readonly trend: "faster" | "level" | "slower" | "unknown";
  /** What changes: stored, and applied from then on. */
  readonly changes: readonly Exclude<MemoryRecord, { type: "episode" }>[];
}

/**
 * Reflects on the newest episode in five phases: what happened in it, what its situation has in common
 * with earlier ones, which way things go, what should change, and what becomes of earlier changes. Pure,
 * and all of it from numbers that were measured.
 *
 * A change is on trial for five episodes. If fewer succeed than before, or they are not measurably
 * better, it is withdrawn, and not tried again for fifty.
 *
 * @param memory with the episode in it
 */
export function reflect(memory: Memory, episode: Episode): Reflection {
  const all = memory.episodes.filter(({ situation }) => situation === episode.situation);
  const analysis = analyse(episode);
  const patterns = findPatterns(all.slice(-window));
  const trend = assessTrend(all.slice(-window));
  const active = memory.adaptations[episode.situation];
  const changes =
    active === undefined ? adapt(memory, episode, all, patterns) : integrate(active, all);
  return { analysis, patterns, trend, changes };
}

/** Phase 1: what happened. */
function analyse({ tried, ok, durationMs }: Episode): Reflection["analysis"] {
  const wastedMs = tried.filter((one) => !one.ok).reduce((sum, one) => sum + one.durationMs, 0);
  const last = tried.at(-1)?.method ?? "";
  const how = ok ? `'${last}' did it` : "no method did it";
  return { summary: `${how}, ${tried.length} tried in ${Math.round(durationMs)} ms`, wastedMs };
}

/** Phase 2: what each method comes to in this situation. */
function findPatterns(episodes: readonly Episode[]): readonly Pattern[] {
  const tries = episodes.flatMap(({ tried }) => tried);
  return [...new Set(tries.map(({ method }) => method))].map((method) => {
    const own = tries.filter((one) => one.method === method);
    return {
      method,
      tries: own.length,
      success: own.filter(({ ok }) => ok).length / own.length,
      durationMs: mean(own.map(({ durationMs }) => durationMs)),
    };
  });
}

/** Phase 3: which way it goes. */
function assessTrend(episodes: readonly Episode[]): Reflection["trend"] {
  if (episodes.length < 2 * trendEpisodes) return "unknown";
  const first = mean(episodes.slice(0, trendEpisodes).map(({ durationMs }) => durationMs));
  const last = mean(episodes.slice(-trendEpisodes).map(({ durationMs }) => durationMs));
  if (Math.abs(last - first) < trendThreshold * first) return "level";
  return last < first ? "faster" : "slower";
}

/** Phase 4: what should change. */
function adapt(
  { withdrawn, count }: Memory,
  { situation, tried }: Episode,
  all: readonly Episode[],
  patterns: readonly Pattern[],
): Reflection["changes"] {
  const habit = patterns.find(({ method }) => method === tried[0]?.method);
  if (habit === undefined || habit.tries < evidence || habit.success > poorSuccess) return [];
  const isBarred = (method: string): boolean =>
    withdrawn.some((one) => {
      return one.situation === situation && one.method === method && count - one.at < forbearance;
    });
  const [best] = patterns
    .filter(({ tries, success }) => tries >= evidence && success >= goodSuccess)
    .filter(({ method }) => !isBarred(method))
    .sort((a, b) => a.durationMs - b.durationMs);
  if (best === undefined) return [];
  const change: Adaptation = {
    situation,
    method: best.method,
    because: `of the last ${habit.tries} tries '${habit.method}' succeeded in ${percent(habit.success)}, '${best.method}' in ${percent(best.success)}`,
    before: measure(all.slice(-window)),
  };
  return [{ type: "adapted", ...change }];
}

/** Phase 5: what becomes of a change, once there is enough to measure it by. */
function integrate(
  { situation, method, before, since, confirmed }: Memory["adaptations"][string],
  all: Memory["episodes"],
): Reflection["changes"] {
  const after = all.filter(({ number }) => number > since).slice(-trial);
  if (after.length < trial) return [];
  const now = measure(after);
  const numbers = `${words(now)} instead of ${words(before)}`;
  // What was confirmed is held to go on succeeding; its pace is that of the work by then.
  const isBetter = now.success > before.success || now.durationMs < before.durationMs;
  const isWorse = now.success < before.success || !(confirmed || isBetter);
  if (isWorse) return [{ type: "withdrawn", situation, method, because: numbers }];
  return confirmed ? [] : [{ type: "confirmed", situation, because: numbers }];
}

function measure(episodes: readonly Episode[]): Adaptation["before"] {
  return {
    durationMs: mean(episodes.map(({ durationMs }) => durationMs)),
    success: episodes.filter(({ ok }) => ok).length / episodes.length,
  };
}

function words({ success, durationMs }: Adaptation["before"]): string {
  return `${percent(success)} done in ${Math.round(durationMs)} ms`;
}

function percent(part: number): string {
  return `${Math.round(100 * part)} %`;
}

function mean(numbers: readonly number[]): number {
  return numbers.length === 0 ? 0 : numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}
