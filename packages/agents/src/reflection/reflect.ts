import { adapt, window } from "./adapt.ts";
import { integrate } from "./integrate.ts";
import { findPatterns, mean, type Pattern } from "./measure.ts";
import {
  adaptationsIn,
  type Episode,
  lastChange,
  type Memory,
  type MemoryRecord,
} from "./memory.ts";

/** Means of so many episodes are compared for a trend, and how far apart they must be. */
const trendEpisodes = 3;
const trendThreshold = 0.1;

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
 * better, it is withdrawn, and not tried again for fifty. While one is on trial nothing else changes. When
 * none is, every change that is in force is held to go on succeeding.
 *
 * @param memory with the episode in it
 */
export function reflect(memory: Memory, episode: Episode): Reflection {
  const { situation } = episode;
  const all = memory.episodes.filter((one) => one.situation === situation);
  const recent = all.slice(-window);
  const analysis = analyse(episode);
  const patterns = findPatterns(recent);
  const trend = assessTrend(recent);
  const active = adaptationsIn(memory, situation);
  const changedAt = lastChange(memory, situation);
  const fresh = all.filter(({ number }) => number > changedAt);
  const outcome = integrate(active, fresh);
  if (outcome !== undefined) return { analysis, patterns, trend, changes: [outcome] };
  // Methods have one that comes first; what agents that reason do otherwise adds up.
  const newest = active.at(-1);
  const isSettled = newest === undefined || (newest.confirmed && episode.run !== undefined);
  const change = isSettled ? adapt(memory, episode, fresh) : undefined;
  const changes = change === undefined ? [] : [{ type: "adapted" as const, ...change }];
  return { analysis, patterns, trend, changes };
}

/** Phase 1: what happened. */
function analyse({ tried, ok, durationMs, run }: Episode): Reflection["analysis"] {
  const wastedMs = tried.filter((one) => !one.ok).reduce((sum, one) => sum + one.durationMs, 0);
  const last = tried.at(-1)?.method ?? "";
  const how = ok ? `'${last}' did it` : "no method did it";
  const effort = run === undefined ? `${tried.length} tried` : `${run.steps} steps`;
  return { summary: `${how}, ${effort} in ${Math.round(durationMs)} ms`, wastedMs };
}

/** Phase 3: which way it goes. */
function assessTrend(episodes: readonly Episode[]): Reflection["trend"] {
  if (episodes.length < 2 * trendEpisodes) return "unknown";
  const first = mean(episodes.slice(0, trendEpisodes).map(({ durationMs }) => durationMs));
  const last = mean(episodes.slice(-trendEpisodes).map(({ durationMs }) => durationMs));
  if (Math.abs(last - first) < trendThreshold * first) return "level";
  return last < first ? "faster" : "slower";
}
