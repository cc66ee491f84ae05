import type { Difference, Replay, ReplayStep, Verdict } from "@troupe/goals";
import { eventLine } from "./event-line.ts";
import { advance, noProgress } from "./progress.ts";
import { counted } from "./quantity.ts";
import { type Screen, signs } from "./screen.ts";
import { indented, printable, wrap } from "./text.ts";

/** A replayed goal: each decision on a line with what was found about it, then the sum. */
export function replayLines(replay: Replay, screen: Screen): readonly string[] {
  const { steps, state, same, given, different } = replay;
  let progress = noProgress(state.id);
  const lines = steps.flatMap((step) => {
    progress = advance(progress, step);
    const line = `${verdictSign(step.verdict, screen)} ${eventLine(step, progress)}`;
    return step.verdict === "different" ? [line, ...wrongLines(step, screen)] : [line];
  });
  const isSame = different === 0;
  const sum = `${counted(same, "decision")} the same again, ${given} given from outside, ${different} different`;
  const paint = screen.paint(isSame ? "green" : "red", isSame ? signs.done : signs.failed);
  return [...lines, "", `${paint} goal ${state.id}: ${sum}`];
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

function wrongLines({ why }: ReplayStep, { width, paint }: Screen): readonly string[] {
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
  readonly steps: readonly {
    readonly sequence: number;
    readonly at: number;
    readonly type: string;
    /** The task it is about, or the tasks of an award. */
    readonly tasks?: readonly string[];
    readonly verdict: Verdict;
    readonly why: string;
    readonly difference?: Difference;
  }[];
}

/** A replayed goal as programs read it. */
export function replayDocument(replay: Replay): ReplayDocument {
  const { steps, state, same, given, different } = replay;
  return {
    goal: state.id,
    kind: state.goal.kind,
    phase: state.phase,
    verdict: different === 0 ? "same" : "different",
    same,
    given,
    different,
    steps: steps.map(({ sequence, at, record, verdict, why, difference }) => ({
      sequence,
      at,
      type: record.type,
      ...tasksOf(record),
      verdict,
      why,
      ...(difference === undefined ? {} : { difference }),
    })),
  };
}

function tasksOf(record: ReplayStep["record"]): { readonly tasks?: readonly string[] } {
  if (record.type === "awarded") return { tasks: record.tasks };
  return "task" in record ? { tasks: [record.task] } : {};
}
