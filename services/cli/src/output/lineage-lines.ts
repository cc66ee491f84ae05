import type { RunEvent } from "@troupe/goals";
import type { Screen } from "./screen.ts";
import { table } from "./table.ts";
import { printable } from "./text.ts";

/** One run of a goal's lineage: the goal itself, or an attempt at a task. */
export interface LineageRun {
  readonly run: string;
  readonly job: string;
  /** The newest event of the run. */
  readonly state: RunEvent["eventType"];
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

const ends: ReadonlySet<RunEvent["eventType"]> = new Set(["COMPLETE", "FAIL", "ABORT"]);

/** The runs that the events tell of, in the order in which they began. */
export function lineageRuns(events: readonly RunEvent[]): readonly LineageRun[] {
  return [...Map.groupBy(events, ({ run }) => run.runId)].flatMap(([run, own]) => {
    const [first, last] = [own[0], own.at(-1)];
    if (first === undefined || last === undefined) return [];
    const { eventType: state, inputs, outputs } = last;
    return [
      {
        run,
        job: first.job.name,
        state,
        startedAt: first.eventTime,
        ...(ends.has(state) ? { endedAt: last.eventTime } : {}),
        inputs: inputs.map(({ name }) => name),
        outputs: outputs.map(({ name }) => name),
      },
    ];
  });
}

/** A goal's lineage as a table: what each run read and made. */
export function lineageLines(
  runs: readonly LineageRun[],
  { width, paint }: Screen,
): readonly string[] {
  const rows = runs.map(({ job, state, inputs, outputs }) =>
    [job, state.toLowerCase(), inputs.join(", "), outputs.join(", ")].map(printable),
  );
  return table(
    [{ title: "job" }, { title: "state" }, { title: "read", flexible: true }, { title: "made" }],
    rows,
    width,
    paint,
  );
}
