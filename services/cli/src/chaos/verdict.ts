/** A record of a goal's journal, as far as the verdict looks at it. */
export interface CourseEvent {
  /** When it was decided, milliseconds since the epoch. */
  readonly at: number;
  readonly record: {
    readonly type: string;
    readonly task?: string | undefined;
    readonly error?: { readonly code: string; readonly message: string } | undefined;
  };
}

/** What became of one goal. */
export interface GoalCourse {
  readonly goal: string;
  /** Whether a receipt came. */
  readonly acknowledged: boolean;
  /** Its journal, oldest first; empty when the journal does not know it. */
  readonly history: readonly CourseEvent[];
  /** What is wrong with what it left behind, as its source of goals found. */
  readonly faultyEffects: readonly string[];
}

/** The longest time in which nothing was appended to a goal that had not ended. */
interface Stall {
  readonly ms: number;
  readonly goal: string;
  /** Type of the record that nothing followed for so long. */
  readonly after: string;
  /** When that record was decided, milliseconds since the epoch. */
  readonly at: number;
}

/** A goal, and what is wrong with it. */
interface Problem {
  readonly goal: string;
  readonly what: string;
}

/** What a run under faults came to. */
export interface Verdict {
  /** Nothing was lost, nothing doubled, and every goal asked for was acknowledged and has ended. */
  readonly ok: boolean;
  readonly acknowledged: number;
  readonly ended: {
    readonly finished: number;
    readonly failed: number;
    readonly cancelled: number;
  };
  /** Goals that were acknowledged and never ended. */
  readonly lost: number;
  /** Goals of which something took effect twice, or not as it should. */
  readonly doubled: number;
  /** Goals asked for that were never acknowledged. */
  readonly unacknowledged: number;
  readonly resumes: number;
  readonly longestStall: Stall | undefined;
  readonly problems: readonly Problem[];
  /** The goals that ended as failed, and why. A failed goal has ended: it is neither lost nor doubled. */
  readonly failures: readonly Problem[];
}

const outcomes = ["finished", "failed", "cancelled"] as const;
type Outcome = (typeof outcomes)[number];

/**
 * Judges a run from the journals and what the goals left behind.
 *
 * @param courses every goal that was published
 * @param run how many goals were `wanted`, and `until` when the journals tell, milliseconds since
 *   the epoch
 */
export function judge(
  courses: readonly GoalCourse[],
  run: { readonly wanted: number; readonly until: number },
): Verdict {
  const ended = { finished: 0, failed: 0, cancelled: 0 };
  const problems: Problem[] = [];
  const failures: Problem[] = [];
  let lost = 0;
  let doubled = 0;
  let resumes = 0;
  let open = 0;
  let longestStall: Stall | undefined;
  for (const course of courses) {
    const { goal, acknowledged, history } = course;
    const outcome = outcomeOf(history);
    if (outcome !== undefined) ended[outcome] += 1;
    else {
      open += 1;
      if (acknowledged) lost += 1;
      problems.push({ goal, what: unended(course) });
    }
    const twice = [...doublings(history), ...course.faultyEffects];
    if (twice.length > 0) doubled += 1;
    problems.push(...twice.map((what) => ({ goal, what })));
    if (!acknowledged && outcome !== undefined) problems.push({ goal, what: "no receipt came" });
    failures.push(...failuresIn(history).map((what) => ({ goal, what })));
    resumes += history.filter(({ record }) => record.type === "resumed").length;
    const stall = longestOf(course, run.until);
    if (stall !== undefined && stall.ms > (longestStall?.ms ?? -1)) longestStall = stall;
  }
  const acknowledged = courses.filter((course) => course.acknowledged).length;
  const unacknowledged = run.wanted - acknowledged;
  const ok = lost === 0 && doubled === 0 && open === 0 && unacknowledged === 0;
  return {
    ok,
    acknowledged,
    ended,
    lost,
    doubled,
    unacknowledged,
    resumes,
    longestStall,
    problems,
    failures,
  };
}

/** The goals that the verdict speaks of by name: what happened to them is evidence. */
export function namedIn({ problems, failures, longestStall }: Verdict): ReadonlySet<string> {
  const stalled = longestStall === undefined ? [] : [longestStall.goal];
  return new Set([...[...problems, ...failures].map(({ goal }) => goal), ...stalled]);
}

function isOutcome(type: string): type is Outcome {
  return outcomes.some((outcome) => outcome === type);
}

function outcomeOf(history: readonly CourseEvent[]): Outcome | undefined {
  return history.map(({ record }) => record.type).find(isOutcome);
}

function failuresIn(history: readonly CourseEvent[]): readonly string[] {
  return history.flatMap(({ record: { type, error } }) =>
    type === "failed" ? [`${error?.code}: ${error?.message}`] : [],
  );
}

function unended({ acknowledged, history }: GoalCourse): string {
  const receipt = acknowledged ? "acknowledged" : "not acknowledged";
  const last = history.at(-1);
  if (last === undefined) return `${receipt}, and the journal does not know it`;
  return `${receipt}, not ended: the last of ${history.length} records is '${last.record.type}'`;
}

/** What the journal says took effect more than once. */
function doublings(history: readonly CourseEvent[]): readonly string[] {
  const types = history.map(({ record }) => record.type);
  const accepted = types.filter((type) => type === "accepted").length;
  const endings = types.filter(isOutcome);
  const done = new Map<string, number>();
  for (const { record } of history) {
    if (record.type !== "task-done" || record.task === undefined) continue;
    done.set(record.task, (done.get(record.task) ?? 0) + 1);
  }
  const again = [...done].filter(([, times]) => times > 1);
  const end = types.findIndex(isOutcome);
  const after = end === -1 ? [] : types.slice(end + 1).filter((type) => !isOutcome(type));
  return [
    ...(accepted > 1 ? [`accepted ${accepted} times`] : []),
    ...(endings.length > 1 ? [`ended ${endings.length} times: ${endings.join(", ")}`] : []),
    ...again.map(([task, times]) => `task '${task}' was done ${times} times`),
    ...(after.length > 0 ? [`went on after its end: ${after.join(", ")}`] : []),
  ];
}

function longestOf({ goal, history }: GoalCourse, until: number): Stall | undefined {
  let longest: Stall | undefined;
  for (const [index, { at, record }] of history.entries()) {
    if (isOutcome(record.type)) break;
    const ms = Math.max(0, (history[index + 1]?.at ?? until) - at);
    if (ms > (longest?.ms ?? -1)) longest = { ms, goal, after: record.type, at };
  }
  return longest;
}
