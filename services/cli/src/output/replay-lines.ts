import type { Difference, Replay, ReplayStep, TrailReplay, Verdict } from "@troupe/goals";
import { eventLine } from "./event-line.ts";
import { advance, noProgress } from "./progress.ts";
import { counted } from "./quantity.ts";
import { type Screen, signs } from "./screen.ts";
import { indented, printable, wrap } from "./text.ts";

/** A replayed goal: each decision on a line with what was found about it, then the sums, of its agents too. */
export function replayLines(
  replay: Replay,
  trails: readonly TrailReplay[],
  screen: Screen,
): readonly string[] {
  const { steps, state } = replay;
  let progress = noProgress(state.id);
  const lines = steps.flatMap((step) => {
    progress = advance(progress, step);
    const line = `${verdictSign(step.verdict, screen)} ${eventLine(step, progress)}`;
    return step.verdict === "different" ? [line, ...wrongLines(step, screen)] : [line];
  });
  return [
    ...lines,
    "",
    sumLine(`goal ${state.id}`, replay, screen),
    ...trails.flatMap((trail) => [
      sumLine(`agent of ${printable(trail.task)}`, trail, screen),
      ...trail.steps.flatMap((step) =>
        step.verdict === "different"
          ? [`  ${step.record.type} (${step.sequence})`, ...wrongLines(step, screen)]
          : [],
      ),
    ]),
  ];
}

function sumLine(
  what: string,
  { same, given, different }: Readonly<Record<Verdict, number>>,
  { paint }: Screen,
): string {
  const isSame = different === 0;
  const sign = paint(isSame ? "green" : "red", isSame ? signs.done : signs.failed);
  return `${sign} ${what}: ${counted(same, "decision")} the same again, ${given} given from outside, ${different} different`;
}

function verdictSign(verdict: Verdict, { paint }: Screen): string {
  switch (verdict) {
    case "same":
      return paint("green", "same     ");
    case "given":
      return paint("dim", "given    ");
    case "different":
      return paint("red", "different");
  }
}

function wrongLines({ why }: Pick<ReplayStep, "why">, { width, paint }: Screen): readonly string[] {
  return indented(wrap(printable(why), width - 10), 10).map((line) => paint("red", line));
}

/** The document of `goal replay --json`. */
export interface ReplayDocument {
  readonly goal: string;
  readonly kind: string;
  readonly phase: string;
  readonly verdict: "same" | "different";
  readonly same: number;
  readonly given: number;
  readonly different: number;
  readonly steps: readonly (JudgedStep & {
    /** The task it is about, or the tasks of an award. */
    readonly tasks?: readonly string[];
  })[];
  /** The runs of its agents that reason. */
  readonly agents: readonly {
    readonly task: string;
    readonly same: number;
    readonly given: number;
    readonly different: number;
    readonly steps: readonly JudgedStep[];
  }[];
}

/** A record, and what was found about it. */
interface JudgedStep {
  readonly sequence: number;
  readonly at: number;
  readonly type: string;
  readonly verdict: Verdict;
  readonly why: string;
  readonly difference?: Difference;
}

/** A replayed goal as programs read it. */
export function replayDocument(replay: Replay, trails: readonly TrailReplay[]): ReplayDocument {
  const { steps, state, same, given, different } = replay;
  return {
    goal: state.id,
    kind: state.goal.kind,
    phase: state.phase,
    verdict: [replay, ...trails].every((one) => one.different === 0) ? "same" : "different",
    same,
    given,
    different,
    steps: steps.map((step) => ({ ...judgedStep(step), ...tasksOf(step.record) })),
    agents: trails.map((trail) => ({
      task: trail.task,
      same: trail.same,
      given: trail.given,
      different: trail.different,
      steps: trail.steps.map(judgedStep),
    })),
  };
}

function judgedStep(step: ReplayStep | TrailReplay["steps"][number]): JudgedStep {
  const { sequence, at, record, verdict, why, difference } = step;
  const found = { sequence, at, type: record.type, verdict, why };
  return difference === undefined ? found : { ...found, difference };
}

function tasksOf(record: ReplayStep["record"]): { readonly tasks?: readonly string[] } {
  if (record.type === "awarded") return { tasks: record.tasks };
  return "task" in record ? { tasks: [record.task] } : {};
}
