import { hasEnded } from "@troupe/goals";
import { type TargetOptions, withDeployment } from "../connection.ts";
import { exitCodes } from "../errors.ts";
import { criticalPathOf } from "../goal-trace.ts";
import { type Io, screenOf } from "../io.ts";
import { goalScreen } from "../output/goal-screen.ts";
import { resultScreen } from "../output/result-screen.ts";
import { writeJson, writeLines } from "../output/write.ts";

/** `troupe goal show`: where a goal stands, or what came of it. */
export async function goalShow(
  io: Io,
  goal: string,
  options: TargetOptions & { readonly json: boolean },
): Promise<number> {
  const { view, path } = await withDeployment(io, options, async ({ client }) => {
    const shown = await client.show(goal);
    if (options.json || !hasEnded(shown)) return { view: shown, path: undefined };
    const spans = await criticalPathOf(client, io.clock, shown, 0).catch(() => undefined);
    return { view: shown, path: spans };
  });
  const screen = screenOf(io.out);
  const otlpEndpoint = io.environment["OTEL_EXPORTER_OTLP_ENDPOINT"];
  if (options.json) writeJson(io.out, view);
  else if (!hasEnded(view)) writeLines(io.out, goalScreen(view, io.clock.now(), screen));
  else writeLines(io.out, resultScreen(view, { path, otlpEndpoint }, screen));
  return exitCodes.ok;
}
