import type { SpanRecord } from "./spans/span-record.ts";

/** Attributes by which tasks of a goal name themselves and those that they had to wait for. */
const taskAttribute = "troupe.task";
const afterAttribute = "troupe.task.after";

/**
 * What had to end before each span could begin, besides the span that sent it: the spans that it links to,
 * and, of a task, the runs of the tasks that it depends on. Only what had ended when it began counts, so
 * that a run that failed and was repeated later is no cause of what began before.
 *
 * @param toleranceMs what clocks of two nodes may differ by
 * @returns by the id of the later span, the one that ended last
 */
export function awaitedBy(
  spans: readonly SpanRecord[],
  toleranceMs: number,
): ReadonlyMap<string, SpanRecord> {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const runs = runsByTask(spans);
  const awaited = new Map<string, SpanRecord>();
  for (const span of spans) {
    const linked = span.links.flatMap(({ spanId }) => byId.get(spanId) ?? []);
    const after = span.attributes[afterAttribute];
    const tasks = Array.isArray(after) ? after.flatMap((task) => runs.get(task) ?? []) : [];
    for (const cause of [...linked, ...tasks]) {
      const last = awaited.get(span.spanId);
      const hadEnded = cause.endMs <= span.startMs + toleranceMs && cause.spanId !== span.spanId;
      if (hadEnded && (last === undefined || cause.endMs > last.endMs)) {
        awaited.set(span.spanId, cause);
      }
    }
  }
  return awaited;
}

/** The runs of each task; those of copies, `<id>.0` and so on, are also runs of the task that they are copies of. */
function runsByTask(spans: readonly SpanRecord[]): ReadonlyMap<string, readonly SpanRecord[]> {
  const runs = new Map<string, SpanRecord[]>();
  const add = (task: string, span: SpanRecord): void => {
    const known = runs.get(task);
    if (known === undefined) runs.set(task, [span]);
    else known.push(span);
  };
  for (const span of spans) {
    const task = span.attributes[taskAttribute];
    if (typeof task !== "string") continue;
    add(task, span);
    const copied = /^(.+)\.\d+$/.exec(task)?.[1];
    if (copied !== undefined) add(copied, span);
  }
  return runs;
}
