import {
  type ActorContext,
  ensureError,
  type Span,
  type TraceContext,
  TroupeError,
} from "@troupe/actor";
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

/** What an attempt at a task is run with. */
interface Terms {
  /** Where its span belongs. */
  readonly trace: TraceContext | undefined;
  /** Aborted when nobody wants its outcome any more. */
  readonly unwanted: AbortSignal;
  /** Aborted when what the task holds is not its any more. */
  readonly lost: AbortSignal | undefined;
  readonly results: ResultDesk | undefined;
}

/**
 * Runs the tool for one task, in a span of its own, within its time, and while it has what it holds.
 * Whatever it throws becomes the outcome. A tool that does not heed its signal is no longer waited for
 * when its time is over, or what it held is lost.
 */
export async function execute(
  context: ActorContext<WorkerMessages>,
  tool: Tool,
  order: WorkOrder,
  { task, input, after = [], approvals = [] }: WorkOrder["tasks"][number],
  { trace, unwanted, lost, results }: Terms,
): Promise<TaskOutcome> {
  const { promise: over, reject: end } = Promise.withResolvers<never>();
  const ending = new AbortController();
  const signal = AbortSignal.any([unwanted, ending.signal]);
  const stop = (reason: unknown): void => {
    ending.abort(reason);
    end(reason);
  };
  const onLost = (): void => stop(lost?.reason);
  // It may be lost, or over, before it is waited for.
  over.catch(() => {});
  lost?.addEventListener("abort", onLost, { once: true });
  if (lost?.aborted) onLost();
  const { timeoutMs } = order;
  const cancel =
    timeoutMs === undefined
      ? () => {}
      : context.clock.schedule(timeoutMs, () => {
          stop(new TaskTimeoutError(task, timeoutMs));
        });
  const startedAt = context.clock.monotonic();
  const elapsed = () => Math.round((context.clock.monotonic() - startedAt) * 1000) / 1000;
  const { goal, attempt } = order;
  const attributes = {
    "troupe.goal": goal,
    "troupe.task": task,
    "troupe.attempt": attempt,
    ...(after.length === 0 ? {} : { "troupe.task.after": after }),
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": tool.type,
    "gen_ai.agent.id": context.self.address,
  };
  try {
    const work = (span: Span): Promise<unknown> => {
      signal.throwIfAborted();
      const job = { goal, task, attempt, signal, span, approvals };
      const parsed = tool.input.parse(input);
      const isCached = order.cached === true && results !== undefined;
      const run = isCached ? recall(tool, parsed, job, results) : tool.run(parsed, job);
      return Promise.race([run, over]);
    };
    const found = await context.span(`execute_tool ${tool.type}`, attributes, work, trace);
    return { ok: true, durationMs: elapsed(), facts: plainFindings(tool.type, found) };
  } catch (thrown) {
    return failedOutcome(ensureError(thrown), elapsed());
  } finally {
    cancel();
    lost?.removeEventListener("abort", onLost);
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
  const files = cache.files === undefined ? {} : await cache.files(input);
  if (files === undefined) return tool.run(input, job);
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
