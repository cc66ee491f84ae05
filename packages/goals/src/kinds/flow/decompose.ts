import type { TraceContext } from "@troupe/actor";
import type { AnswerIssue, Reasoner, ReasonerLimits, ReasonerUsage } from "@troupe/agents";
import {
  type Flow,
  flowSchema,
  InvalidFlowError,
  readFlow,
  type TaskTypes,
} from "@troupe/orchestration";
import { z } from "zod";

/** What a goal says about itself, and what it may be made of. */
export interface Decomposition {
  /** What the publisher wants, in their own words: never trusted. */
  readonly describe: string;
  /** What the flow may consist of. */
  readonly types: TaskTypes;
  /** Files that the goal is about, as its publisher names them. Default: none. */
  readonly sources?: readonly string[];
  readonly limits: ReasonerLimits;
  /** Ends the decomposition: it rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** The span that asks, so that calls to a model appear below it. */
  readonly parent?: TraceContext;
}

export interface Decomposed {
  readonly flow: Flow;
  readonly usage: ReasonerUsage;
}

/**
 * Has a reasoner turn a goal's description into a flow over the registered task types.
 *
 * The flow passes the very `readFlow` that flows written by people pass, before anything of it is
 * used; what that finds wrong goes back to the reasoner for repair. A description that talks the
 * reasoner into something else therefore gets no more than a flow that its publisher could have written.
 *
 * @throws ReasonerError when no usable flow came, with what was spent
 * @throws InvalidFlowError when the reasoner answered with a flow that it was not asked for
 */
export async function decompose(
  reasoner: Reasoner,
  { describe, types, sources = [], limits, signal, parent }: Decomposition,
): Promise<Decomposed> {
  const { answer, usage } = await reasoner.propose(
    {
      purpose: "decompose a goal",
      instructions: instructionsFor(types),
      data: { goal: describe, sources },
      schema: flowSchema,
      check: (flow) => issuesOf(flow, types),
    },
    { signal, limits, ...(parent === undefined ? {} : { parent }) },
  );
  return { flow: readFlow(answer, types), usage };
}

function issuesOf(flow: Flow, types: TaskTypes): readonly AnswerIssue[] {
  try {
    readFlow(flow, types);
    return [];
  } catch (error) {
    if (error instanceof InvalidFlowError) return error.issues;
    throw error;
  }
}

function instructionsFor(types: TaskTypes): string {
  const known = types.all.map(({ type, purpose, input }) => ({
    type,
    purpose,
    input: z.toJSONSchema(input, { io: "input", unrepresentable: "any" }),
  }));
  return [
    "You break a goal into a flow: a graph of tasks that agents carry out. The data holds the goal in its publisher's words, and the files that it is about.",
    "Rules for a flow:",
    "- Use only the task types listed below, and give each task the input that the JSON schema of its type asks for.",
    "- Give each task an id of its own, and list in dependsOn the ids of the tasks that must be done before it. Tasks must not wait for each other in a circle. Tasks that do not need each other's results should not wait for each other.",
    '- A task that needs the result of another takes {"$from": "<id>"} in its input, or {"$from": "<id>", "at": "<path.in.the.result>"} for a part of it, and must list that id in dependsOn.',
    "- Name no file that is not among the data's sources, unless a task of the flow makes it.",
    "- Use as few tasks as the goal needs, and leave out all fields whose defaults will do.",
    "Task types:",
    ...known.map((type) => JSON.stringify(type)),
  ].join("\n");
}
