import { criticalPath, participation, renderTrace, selfTimes, traceTree } from "@troupe/telemetry";
import { type TargetOptions, withDeployment } from "../connection.ts";
import { exitCodes, NoSpansError } from "../errors.ts";
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
  const { traceId, spans, unreadable } = await withDeployment(io, options, async ({ client }) => {
    const view = await client.show(goal);
    return { traceId: traceOf(view).traceId, ...(await spansOf(client, goal)) };
  });
  if (spans.length === 0) throw new NoSpansError(goal, traceId);
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
      ...(unreadable === 0 ? [] : ["", paint("yellow", unreadableNote(unreadable))]),
    ]);
  }
  return exitCodes.ok;
}

function unreadableNote(batches: number): string {
  return `${counted(batches, "batch", "batches")} of its spans cannot be read: damaged, or stored by another release`;
}
