import { criticalPath, participation, renderTrace, selfTimes, traceTree } from "@troupe/telemetry";
import { type TargetOptions, withDeployment } from "../connection.ts";
import { exitCodes, NoSpansError, NotTracedError, untracedRemedy, untracedWhy } from "../errors.ts";
import { spansOf, traceOf } from "../goal-trace.ts";
import { type Io, screenOf } from "../io.ts";
import { plainPaint } from "../output/paint.ts";
import { counted } from "../output/quantity.ts";
import { writeJson, writeLines } from "../output/write.ts";

/** `troupe trace`: every step of a goal as a tree of spans, and which of them decided how long it took. */
export async function trace(
  io: Io,
  goal: string,
  options: TargetOptions & { readonly json: boolean },
): Promise<number> {
  const found = await withDeployment(io, options, async ({ client }) => {
    const view = await client.show(goal);
    return { ...traceOf(view), ...(await spansOf(client, goal)) };
  });
  const { traceId, sampled, spans, unreadable } = found;
  if (spans.length === 0) {
    throw sampled ? new NoSpansError(goal, traceId) : new NotTracedError(goal);
  }
  const tree = traceTree(spans);
  const path = criticalPath(tree);
  if (options.json) {
    const { sections, ...sums } = path;
    const steps = sections.map(({ span: { spanId, name, node }, kind, startMs, endMs }) => ({
      spanId,
      name,
      node,
      kind,
      startMs,
      endMs,
    }));
    writeJson(io.out, {
      goal,
      traceId,
      sampled,
      spans,
      unreadable,
      criticalPath: { ...sums, sections: steps },
      participation: participation(tree, path),
      selfTimes: selfTimes(tree),
    });
  } else {
    const { width, paint } = screenOf(io.out);
    writeLines(io.out, [
      renderTrace(tree, path, { width, colour: paint !== plainPaint }),
      ...(sampled ? [] : ["", paint("yellow", endOnly), untracedRemedy]),
      ...(unreadable === 0 ? [] : ["", paint("yellow", unreadableNote(unreadable))]),
    ]);
  }
  return exitCodes.ok;
}

/** Said of a goal that failed untraced. */
const endOnly = `it was not traced, and only its end is told: ${untracedWhy}`;

function unreadableNote(batches: number): string {
  return `${counted(batches, "batch", "batches")} of its spans cannot be read: damaged, or stored by another release`;
}
