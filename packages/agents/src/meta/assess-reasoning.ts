import { canonical, deedOf, type Step } from "../react/step.ts";

/** Most steps of a pattern that is looked for. */
const longestPattern = 3;
/** Times in a row that one step must come to count as a circle, and a pattern of several steps. */
const roundsAlone = 3;
const rounds = 2;
/** Steps at the end among which something must be new. */
const progressWindow = 3;
/** Means of so many steps at the beginning and at the end are compared. */
const trendWindow = 3;
const trendThreshold = 0.1;
/** What steps are judged by before there are two. */
const unknownScore = 0.5;
const weights = { circular: 0.4, progress: 0.3, quality: 0.3 };
/**
 * Below it, once there are as many steps as a trend takes, an agent is helped: more than the part for going in no
 * circle, which one that fails in ever new ways has as well.
 */
const poorScore = 0.45;

/** How an agent's reasoning goes. All numbers are 0 to 1. */
export interface Assessment {
  /** The steps that repeat, as `deedOf` names them; empty when none do. */
  readonly circle: readonly string[];
  /** Part of the last three steps that brought an observation nobody had made before. */
  readonly progress: number;
  readonly quality: number;
  readonly trend: "rising" | "level" | "falling" | "unknown";
  /** 0.4 for going in no circle, 0.3 × progress, 0.3 × mean quality; 0.5 before there are two steps. */
  readonly score: number;
  /** What would help, for the agent and for people. */
  readonly recommendations: readonly string[];
  /** Whether it is worth interrupting the agent. */
  readonly isPoor: boolean;
}

/**
 * Looks at the steps of a run, and at nothing else: what was done, what was seen, what it was worth.
 *
 * A circle is a pattern of one to three steps that comes again with the same actions, inputs *and*
 * observations: three times in a row for a single step, twice for longer ones. Who asks again and
 * sees something else is not in a circle.
 */
export function assessReasoning(steps: readonly Step[]): Assessment {
  const circle = circleIn(steps);
  const progress = progressOf(steps);
  const quality = meanQuality(steps);
  const trend = trendOf(steps);
  const score =
    steps.length < 2
      ? unknownScore
      : (circle.length === 0 ? weights.circular : 0) +
        weights.progress * progress +
        weights.quality * quality;
  const isLate = steps.length >= progressWindow;
  const recommendations = [
    ...(circle.length === 0 ? [] : [`you repeat ${circle.length} step(s) and see the same again`]),
    ...(isLate && progress === 0
      ? ["your last steps brought nothing new: try another action"]
      : []),
    ...(trend === "falling"
      ? ["what you find is worth less and less: go back to what worked"]
      : []),
    ...(isLate && steps.slice(-progressWindow).every(({ ok }) => !ok)
      ? ["your last actions all failed: read their errors, or end with what you know"]
      : []),
  ];
  const isPoor = circle.length > 0 || (isLate && score < poorScore);
  return { circle, progress, quality, trend, score, recommendations, isPoor };
}

function circleIn(steps: readonly Step[]): readonly string[] {
  const seen = steps.map((step) => canonical([deedOf(step), step.ok, step.observation]));
  for (let length = 1; length <= longestPattern; length += 1) {
    const span = length * (length === 1 ? roundsAlone : rounds);
    const last = seen.slice(-span);
    if (last.length === span && last.every((one, index) => one === last[index % length])) {
      return [...new Set(steps.slice(-length).map(deedOf))];
    }
  }
  return [];
}

function progressOf(steps: readonly Step[]): number {
  const last = Math.min(progressWindow, steps.length);
  if (last === 0) return 0;
  const seen = steps.map(({ action, observation }) => canonical([action, observation]));
  const isNew = (one: string, index: number): boolean => seen.indexOf(one) === index;
  const news = steps.filter(({ ok }, index) => {
    const isLast = index >= steps.length - last;
    return isLast && ok && isNew(seen[index] ?? "", index);
  });
  return news.length / last;
}

function meanQuality(steps: readonly Step[]): number {
  if (steps.length === 0) return 0;
  return steps.reduce((sum, { quality }) => sum + quality, 0) / steps.length;
}

function trendOf(steps: readonly Step[]): Assessment["trend"] {
  if (steps.length < 2 * trendWindow) return "unknown";
  const change = meanQuality(steps.slice(-trendWindow)) - meanQuality(steps.slice(0, trendWindow));
  if (Math.abs(change) < trendThreshold) return "level";
  return change > 0 ? "rising" : "falling";
}
