import { type ActorContext, ensureError, type Span, TroupeError } from "@troupe/actor";
import { z } from "zod";
import type { Job, Tool } from "../tool.ts";
import type { ResultDesk } from "./desks.ts";
import { plainFindings } from "./findings.ts";
import type { TaskOutcome, WorkerMessages, WorkOrder } from "./protocol.ts";

/** A task was not done within its time. */
class TaskTimeoutError extends TroupeError {
  readonly code = "timeout";
  readonly retryable = true;
  constructor(task: string, timeoutMs: number) {
    super(`task '${task}' was not done within ${timeoutMs} ms: give it more time, or less to do`);
  }
}

/**
 * Runs the tool for one task, in a span of its own and within its time. Whatever it throws becomes
 * the outcome. A tool that does not heed its signal is no longer waited for.
 */
export async function execute(
  context: ActorContext<WorkerMessages>,
  tool: Tool,
  order: WorkOrder,
  { task, input }: WorkOrder["tasks"][number],
  unwanted: AbortSignal,
  results?: ResultDesk,
): Promise<TaskOutcome> {
  const { promise: late, reject: tooLate } = Promise.withResolvers<never>();
  const deadline = new AbortController();
  const signal = AbortSignal.any([unwanted, deadline.signal]);
  const { timeoutMs } = order;
  const cancel =
    timeoutMs === undefined
      ? () => {}
      : context.clock.schedule(timeoutMs, () => {
          const error = new TaskTimeoutError(task, timeoutMs);
          deadline.abort(error);
          tooLate(error);
        });
  const startedAt = context.clock.monotonic();
  const elapsed = () => Math.round((context.clock.monotonic() - startedAt) * 1000) / 1000;
  const { goal, attempt } = order;
  const attributes = {
    "troupe.goal": goal,
    "troupe.task": task,
    "troupe.attempt": attempt,
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": tool.type,
    "gen_ai.agent.id": context.self.address,
  };
  try {
    const found = await context.span(`execute_tool ${tool.type}`, attributes, (span: Span) => {
      signal.throwIfAborted();
      const job = { goal, task, attempt, signal, span };
      const parsed = tool.input.parse(input);
      const isCached = order.cached === true && results !== undefined;
      const run = isCached ? recall(tool, parsed, job, results) : tool.run(parsed, job);
      return Promise.race([run, late]);
    });
    return { ok: true, durationMs: elapsed(), facts: plainFindings(tool.type, found) };
  } catch (thrown) {
    return failedOutcome(ensureError(thrown), elapsed());
  } finally {
    cancel();
  }
}

/** What was found out before for the same input, else now. */
async function recall<Input>(
  tool: Tool<Input>,
  input: Input,
  job: Job,
  results: ResultDesk,
): Promise<unknown> {
  const { type, cache } = tool;
  if (cache === undefined) return tool.run(input, job);
  const files = (await cache.files?.(input)) ?? {};
  let run: Promise<unknown> | undefined;
  try {
    return await results.getOrRun(
      { type, version: cache.version, input, files },
      (signal) => {
        run = tool.run(input, { ...job, signal });
        return run;
      },
      { signal: job.signal },
    );
  } catch (error) {
    // An attempt that is let go of ends when its tool has, and as its tool says.
    await run;
    throw error;
  } finally {
    job.span.set({ "troupe.cached": run === undefined });
  }
}

/** An error as the customer is told it. */
export function failedOutcome(error: Error, durationMs: number): TaskOutcome {
  const { code, retryable, details } = error as Error & Record<string, unknown>;
  const otherwise = error instanceof z.ZodError ? "malformed-input" : "internal";
  return {
    ok: false,
    durationMs,
    error: {
      code: typeof code === "string" ? code : otherwise,
      message: error.message,
      retryable: retryable === true,
      ...(details === undefined ? {} : { details }),
    },
  };
}
