import { ensureError, FencedError, type TraceContext } from "@troupe/actor";
import { z } from "zod";
import { AgentElsewhereError, ApprovalNeededError, ReasonerError } from "../errors.ts";
import type { Job, Tool } from "../tool.ts";
import type { AgentPorts } from "./agent-spec.ts";
import type { Decision, Step } from "./step.ts";

/** Most characters of an observation, as JSON: what is longer belongs in a file. */
const observationLimit = 32_768;
/** Most characters of an error that an agent is told. */
const errorLimit = 2000;

type Observed = Pick<Step, "ok" | "observation" | "quality" | "durationMs">;

/**
 * Carries a decision out, in a span of its own. What the tool throws is observed, as what it returns is:
 * the agent may find another way.
 *
 * @throws ApprovalNeededError, AgentElsewhereError, FencedError, what a model's server fails with if trying again can help,
 *   and the signal's reason when it was aborted: these are not the agent's to see
 */
export async function act(
  { action, input }: Decision,
  tool: Tool | undefined,
  { job, parent, ports }: { job: Job; parent: TraceContext; ports: AgentPorts },
): Promise<Observed> {
  const { promise: over, reject } = Promise.withResolvers<never>();
  const end = (): void => reject(job.signal.reason);
  // A tool that does not heed its signal is no longer waited for.
  over.catch(() => {});
  job.signal.addEventListener("abort", end, { once: true });
  const { clock, tracer } = ports;
  const span = tracer.start(`execute_tool ${action}`, {
    parent,
    attributes: {
      "troupe.goal": job.goal,
      "troupe.task": job.task,
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": action,
    },
  });
  const startedAt = clock.monotonic();
  const durationMs = (): number => Math.round(clock.monotonic() - startedAt);
  try {
    // A run that was begun by another release may know actions that are not there any more.
    if (tool === undefined) throw new Error(`the action '${action}' is not offered any more`);
    job.signal.throwIfAborted();
    const running = tool.run(tool.input.parse(input), { ...job, span });
    const found = await Promise.race([running, over]);
    const observation = bounded(found);
    const quality = Math.min(1, Math.max(0, tool.quality?.(found) ?? 1));
    return { ok: true, observation, quality, durationMs: durationMs() };
  } catch (thrown) {
    const error = ensureError(thrown);
    span.fail(error);
    job.signal.throwIfAborted();
    if (isOfTheRun(error)) throw error;
    // A model that agents below could not reach: the step is done again when it can be.
    if (error instanceof ReasonerError && error.retryable) throw error;
    const message = error instanceof z.ZodError ? z.prettifyError(error) : error.message;
    const observation = { error: codeOf(error), message: message.slice(0, errorLimit) };
    return { ok: false, observation, quality: 0, durationMs: durationMs() };
  } finally {
    job.signal.removeEventListener("abort", end);
    span.end();
  }
}

/** Whether it is about the run, or one below it, and not about the action. */
function isOfTheRun(error: Error): boolean {
  return [ApprovalNeededError, AgentElsewhereError, FencedError].some(
    (kind) => error instanceof kind,
  );
}

function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : "failed";
}

/** Plain JSON data, cut where it is too long. */
function bounded(found: unknown): unknown {
  const text = JSON.stringify(found) ?? "null";
  if (text.length <= observationLimit) return JSON.parse(text);
  return { beginning: text.slice(0, observationLimit), cut: true, length: text.length };
}
