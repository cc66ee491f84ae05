import { silentLog } from "@troupe/actor";
import { InMemoryJournal, RecordingTracer, seededRandom, VirtualClock } from "@troupe/testkit";
import { z } from "zod";
import { agentLimitsSchema } from "../limits/agent-limits.ts";
import { defineTool, type Tool } from "../tool.ts";
import type { AgentExperience } from "./agent-spec.ts";
import type { Mind } from "./mind.ts";
import { runAgent } from "./run-agent.ts";
import type { Decision } from "./step.ts";

/** A decision in a few words. */
export const choose = (action: string, input: unknown, thought = "because"): Decision => ({
  thought,
  action,
  input,
});
export const finish = (result: unknown): Decision => choose("final_result", { result });

/** A tool that finds the length of a text, and counts how often it ran. */
export function lengthTool() {
  const ran: string[] = [];
  const tool = defineTool({
    type: "length",
    purpose: "counts the characters of a text",
    input: z.strictObject({ text: z.string() }),
    run: async ({ text }, { task }) => {
      ran.push(`${task}:${text}`);
      return text.length;
    },
  });
  return { ran, tool: tool as Tool };
}

/** A cluster's journal and clock, on which runs are begun, also again. */
export function stage() {
  const clock = new VirtualClock();
  const journal = new InMemoryJournal(clock);
  const tracer = new RecordingTracer(clock, seededRandom(3));
  const ports = { clock, journal, tracer, log: silentLog };
  const run = (
    spec: {
      mind: Mind;
      tools?: readonly Tool[];
      limits?: z.input<typeof agentLimitsSchema>;
      experience?: AgentExperience;
    },
    given: {
      task?: string;
      input?: unknown;
      approvals?: readonly unknown[];
      signal?: AbortSignal;
    } = {},
  ) => {
    const { signal = new AbortController().signal, approvals = [], input, task = "t" } = given;
    const { experience } = spec;
    const span = tracer.start("test");
    const job = { goal: "g", task, attempt: 1, signal, span, approvals };
    return runAgent(
      {
        name: "tester",
        instructions: "Find it out.",
        mind: spec.mind,
        tools: spec.tools ?? [],
        limits: agentLimitsSchema.parse(spec.limits ?? {}),
        ...(experience === undefined ? {} : { experience }),
      },
      ports,
      { job, input: input ?? { question: "how long?" } },
    );
  };
  /** What is stored of a run, in order. */
  const trail = async (task = "t") => {
    const stored = await journal.read(`journal.agent.g.${task}`);
    return stored.map(({ payload }) => JSON.parse(new TextDecoder().decode(payload)));
  };
  return { clock, journal, tracer, ports, run, trail };
}
