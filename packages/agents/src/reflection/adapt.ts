import { findPatterns, mean, measure, percent } from "./measure.ts";
import {
  type Adaptation,
  adaptationLimit,
  adaptationsIn,
  type Episode,
  type Memory,
} from "./memory.ts";

/** Episodes of one situation that are looked at, and fewest that say anything. */
export const window = 10;
const evidence = 5;
/** Of runs that reason, fewest that took the same way, and fewest that failed. */
const runEvidence = 3;
/** What a method comes to that is not worth beginning with, and one that is. */
const poorSuccess = 0.2;
const goodSuccess = 0.8;
/** How much less than others a way of reasoning must take. */
const shorter = 0.9;
/** Steps beyond the longest success that one that reasons is told it has. */
const spareSteps = 1;
/** Episodes that must pass before what was withdrawn is tried again. */
const forbearance = 50;

/**
 * What should change after an episode, for reasons with numbers: one change at a time, so that what follows can be
 * put down to it. Pure.
 *
 * @param fresh the episodes of its situation since the last change, oldest first: what was before was work of another kind
 */
export function adapt(
  memory: Memory,
  episode: Episode,
  fresh: Memory["episodes"],
): Adaptation | undefined {
  const { situation } = episode;
  const recent = fresh.slice(-window);
  const before = measure(recent);
  const known = adaptationsIn(memory, situation);
  if (known.length >= adaptationLimit) return undefined;
  const ideas =
    episode.run === undefined
      ? [beginOtherwise(episode, recent)]
      : [leaveForLast(recent), follow(recent), expectFewer(recent)];
  return ideas
    .flat()
    .map((idea) => ({ situation, ...idea, before }))
    .find(({ kind, method }) => {
      const isKnown = known.some((one) => one.kind === kind && one.method === method);
      return !isKnown && !isBarred(memory, { situation, kind, method });
    });
}

/** Whether something was withdrawn too lately to be tried again. */
function isBarred(
  { withdrawn, count }: Memory,
  change: Pick<Adaptation, "situation" | "kind" | "method">,
): boolean {
  return withdrawn.some(
    ({ situation, kind, method, at }) =>
      situation === change.situation &&
      kind === change.kind &&
      method === change.method &&
      count - at < forbearance,
  );
}

type Idea = Pick<Adaptation, "kind" | "method" | "because">;

/** The method it begins with nearly never does it, and another nearly always. */
function beginOtherwise({ tried }: Episode, recent: readonly Episode[]): readonly Idea[] {
  const patterns = findPatterns(recent);
  const habit = patterns.find(({ method }) => method === tried[0]?.method);
  if (habit === undefined || habit.tries < evidence || habit.success > poorSuccess) return [];
  return patterns
    .filter(({ tries, success }) => tries >= evidence && success >= goodSuccess)
    .sort((a, b) => a.durationMs - b.durationMs)
    .map(({ method, success }) => ({
      kind: "begin-with",
      method,
      because: `of the last ${habit.tries} tries '${habit.method}' succeeded in ${percent(habit.success)}, '${method}' in ${percent(success)}`,
    }));
}

/** An action nearly always fails. */
function leaveForLast(recent: readonly Episode[]): readonly Idea[] {
  const used = recent.flatMap(({ run }) => run?.actions ?? []);
  return [...Map.groupBy(used, ({ action }) => action)].flatMap(([method, own]): Idea[] => {
    const tries = sum(own.map((one) => one.tries));
    const failed = sum(own.map((one) => one.failed));
    if (tries < evidence || failed / tries < 1 - poorSuccess) return [];
    return [
      {
        kind: "leave-for-last",
        method,
        because: `of its last ${tries} tries '${method}' failed in ${percent(failed / tries)}`,
      },
    ];
  });
}

/** Some runs reached it by the same actions in fewer steps than the others. */
function follow(recent: readonly Episode[]): readonly Idea[] {
  const all = meanSteps(recent);
  return findPatterns(recent)
    .filter(({ tries, success }) => tries >= runEvidence && success >= goodSuccess)
    .map(({ method, tries }) => ({
      method,
      tries,
      steps: meanSteps(recent.filter(({ tried }) => tried[0]?.method === method)),
    }))
    .filter(({ steps }) => steps < shorter * all)
    .sort((a, b) => a.steps - b.steps)
    .map(({ method, tries, steps }) => ({
      kind: "follow",
      method,
      because: `${tries} of the last ${recent.length} tasks were done so, in ${steps.toFixed(1)} steps instead of ${all.toFixed(1)} on the average`,
    }));
}

/** Who succeeds does so early; who does not goes on for long. */
function expectFewer(recent: readonly Episode[]): readonly Idea[] {
  const done = recent.filter(({ ok }) => ok);
  const failed = recent.filter(({ ok }) => !ok);
  if (done.length < runEvidence || failed.length < runEvidence) return [];
  const longest = Math.max(...done.map(({ run }) => run?.steps ?? 0));
  const steps = Math.max(1, longest + spareSteps);
  if (meanSteps(failed) <= steps) return [];
  return [
    {
      kind: "expect",
      method: `${steps}`,
      because: `of the last ${recent.length} tasks none that succeeded took more than ${longest} steps, and those that failed took ${meanSteps(failed).toFixed(1)}`,
    },
  ];
}

function meanSteps(episodes: readonly Episode[]): number {
  return mean(episodes.map(({ run }) => run?.steps ?? 0));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
