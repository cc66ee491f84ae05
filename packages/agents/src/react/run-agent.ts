import {
  type Clock,
  ensureError,
  FencedError,
  type Journal,
  type Log,
  type Span,
  type TraceContext,
  type Tracer,
} from "@troupe/actor";
import { z } from "zod";
import { AgentStoppedError, PurseEmptyError, UndecidedError } from "../errors.ts";
import type { AgentLimits } from "../limits/agent-limits.ts";
import { Purse } from "../limits/purse.ts";
import type { AnswerIssue } from "../reasoner/reasoner.ts";
import type { Job, Tool } from "../tool.ts";
import { act } from "./act.ts";
import { delegateTool } from "./delegate.ts";
import type { ActionNotice, Mind } from "./mind.ts";
import { type Move, nextMove } from "./next-move.ts";
import { askTool } from "./request-approval.ts";
import { type Decision, deedOf, finalAction } from "./step.ts";
import { openTrail, type Spent, type Stop } from "./trail.ts";

/** What a run is: who does it, with what, and what it may take. */
export interface AgentSpec {
  readonly name: string;
  /** What is to be reached, written by the agent's author. */
  readonly instructions: string;
  readonly mind: Mind;
  /** Its actions besides those that every agent has. */
  readonly tools: readonly Tool[];
  /** What a result must look like. Default anything. */
  readonly output?: z.ZodType;
  readonly limits: AgentLimits;
}

/** What a run needs of the world. */
export interface AgentPorts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly tracer: Tracer;
  /** Default silent. */
  readonly log?: Log;
}

/** Which run it is, and what it is given. */
export interface AgentTask {
  readonly job: Job;
  /** JSON data, from whoever asked: never trusted. */
  readonly input: unknown;
}

/** Who gave the work, for an agent below another. */
export interface Above {
  readonly purse: Purse;
  readonly depth: number;
}

export interface AgentResult {
  readonly result: unknown;
  readonly steps: number;
  /** How often it was kept from going round in circles. */
  readonly interventions: number;
  readonly spent: Spent;
}

/**
 * Runs an agent to its end: thought, action, observation, again and again, within its limits.
 *
 * Every decision is stored before it is carried out, and what came of it before the next. A run that
 * is begun again, on whatever node, goes on after the last record: no model is asked again what it
 * has answered, and no action done again whose observation is stored. An action under way when a node
 * died is done again, under the same name. A run that ended ends the same way, at no cost.
 *
 * @throws AgentStoppedError when it ended without a result, also when it is run again
 * @throws ApprovalNeededError when a person must answer first
 * @throws FencedError when the run goes on elsewhere; the signal's reason when it was aborted; what
 *   the model's server fails with, if trying again can help: the run then goes on where it was
 */
export async function runAgent(
  spec: AgentSpec,
  ports: AgentPorts,
  task: AgentTask,
  above?: Above,
): Promise<AgentResult> {
  const trail = await takeUp(spec, ports, task, above?.depth ?? 0);
  return new Run(spec, ports, task, trail, above).toEnd();
}

type Trail = Awaited<ReturnType<typeof openTrail>>;

/** How often it is tried to take up a run that others append to. */
const takeUpTries = 5;

/**
 * Opens the trail of a run and makes it this one's: who had it before can add nothing more.
 *
 * @throws FencedError when others take it up at the same time, again and again
 */
async function takeUp(
  { name: agent }: AgentSpec,
  ports: AgentPorts,
  { job, input }: AgentTask,
  depth: number,
): Promise<Trail> {
  for (let tries = 1; ; tries += 1) {
    const trail = await openTrail({ ...ports, goal: job.goal, task: job.task });
    if (trail.state.end !== undefined) return trail;
    try {
      if (trail.state.begun) await trail.append({ type: "resumed" });
      else await trail.append({ type: "began", agent, depth, input });
      return trail;
    } catch (error) {
      if (!(error instanceof FencedError) || tries >= takeUpTries) throw error;
    }
  }
}

class Run {
  readonly #spec: AgentSpec;
  readonly #ports: AgentPorts;
  readonly #task: AgentTask;
  readonly #trail: Trail;
  readonly #purse: Purse;
  readonly #depth: number;
  readonly #actions: ReadonlyMap<string, Tool>;
  readonly #notices: readonly ActionNotice[];

  constructor(
    spec: AgentSpec,
    ports: AgentPorts,
    task: AgentTask,
    trail: Trail,
    above: Above | undefined,
  ) {
    this.#spec = spec;
    this.#ports = ports;
    this.#task = task;
    this.#trail = trail;
    this.#depth = above?.depth ?? 0;
    this.#purse = new Purse({
      limits: spec.limits,
      spent: trail.state.spent,
      ...(above === undefined ? {} : { parent: above.purse }),
      store: (price) => trail.append({ type: "reserved", ...price }),
    });
    const own = [...spec.tools, askTool(spec.name, task.job, () => trail.state.steps)];
    const below = { purse: this.#purse, depth: this.#depth + 1 };
    if (this.#depth < spec.limits.maxDepth) own.push(delegateTool(spec, ports, below));
    this.#actions = new Map(own.map((tool) => [tool.type, tool]));
    this.#notices = [
      ...own.map(({ type, purpose, input }) => ({ name: type, purpose, input: shapeOf(input) })),
      {
        name: finalAction,
        purpose: "ends the work with its result",
        input: { type: "object", properties: { result: shapeOf(this.#output) } },
      },
    ];
  }

  async toEnd(): Promise<AgentResult> {
    const { name } = this.#spec;
    const span = this.#span(`invoke_agent ${name}`, this.#task.job.span.context, {
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.agent.name": name,
      "troupe.agent.depth": this.#depth,
    });
    try {
      for (;;) {
        this.#task.job.signal.throwIfAborted();
        const { state } = this.#trail;
        const move = nextMove(state, this.#spec.limits, this.#ports.clock.now());
        if (move.kind !== "end") {
          await this.#inTime((signal) => this.#take(move, span, signal));
          continue;
        }
        const { steps, interventions, spent } = state;
        span.set({ "troupe.agent.steps": steps.length, "troupe.agent.tokens": spent.tokens });
        if ("stop" in move.end)
          throw new AgentStoppedError(name, move.end.stop, spent, steps.length);
        const { result } = move.end;
        return { result, steps: steps.length, interventions: interventions.length, spent };
      }
    } catch (error) {
      span.fail(error);
      throw error;
    } finally {
      span.end();
    }
  }

  /** Interrupts what goes on beyond `maxMs`; that it did, `nextMove` finds. */
  async #inTime(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { clock } = this.#ports;
    const { beganAt } = this.#trail.state;
    const late = new AbortController();
    const leftMs = beganAt + this.#spec.limits.maxMs - clock.now();
    const cancel = clock.schedule(leftMs, () => late.abort(new Error("the agent's time is over")));
    try {
      await work(AbortSignal.any([this.#task.job.signal, late.signal]));
    } catch (error) {
      if (!late.signal.aborted) throw error;
    } finally {
      cancel();
    }
  }

  async #take(
    move: Exclude<Move, { kind: "end" }>,
    above: Span,
    signal: AbortSignal,
  ): Promise<void> {
    switch (move.kind) {
      case "intervene":
        above.event("intervention", { why: move.intervention.why });
        await this.#trail.append({ type: "intervened", ...move.intervention });
        return;
      case "stop":
        await this.#stop(move.stop);
        return;
      case "decide":
      case "act": {
        const number = this.#trail.state.steps.length + 1;
        const span = this.#span(`agent_step ${number}`, above.context, {
          "troupe.agent.step": number,
        });
        try {
          if (move.kind === "decide") await this.#decide(span, signal);
          else await this.#act(move.decision, number, span, signal);
        } catch (error) {
          span.fail(error);
          throw error;
        } finally {
          span.end();
        }
      }
    }
  }

  async #decide(span: Span, signal: AbortSignal): Promise<void> {
    const { mind, limits, instructions } = this.#spec;
    const { steps, interventions } = this.#trail.state;
    const banned = new Set(interventions.flatMap((one) => one.banned));
    const situation = {
      instructions,
      input: this.#task.input,
      actions: this.#notices,
      steps,
      stepsLeft: limits.maxSteps - steps.length,
      advice: interventions.flatMap(({ advice }) => advice),
      banned,
    };
    let decision: Decision;
    try {
      decision = await mind.decide(situation, {
        check: (one) => this.#check(one, banned),
        signal,
        payer: this.#purse,
        limits,
        parent: span.context,
      });
      // Whatever made the decision.
      const [issue] = this.#check(decision, banned);
      if (issue !== undefined) throw new UndecidedError(`${issue.path}: ${issue.message}`);
    } catch (thrown) {
      signal.throwIfAborted();
      await this.#stopIfFinal(ensureError(thrown));
      return;
    }
    span.set({ "troupe.agent.action": decision.action, "troupe.agent.mind": mind.name });
    if (decision.action === finalAction) {
      const { result } = finalSchema.parse(decision.input);
      const { spent } = this.#purse;
      // Its thought belongs to the trail as well.
      await this.#trail.append({ type: "decided", ...decision, spent });
      await this.#trail.append({ type: "finished", result: result ?? null, spent });
      return;
    }
    await this.#trail.append({ type: "decided", ...decision, spent: this.#purse.spent });
  }

  async #act(decision: Decision, number: number, span: Span, signal: AbortSignal): Promise<void> {
    if (decision.action === finalAction) {
      // The node died between the two records.
      const { result } = finalSchema.parse(decision.input);
      const end = { result: result ?? null, spent: this.#purse.spent };
      await this.#trail.append({ type: "finished", ...end });
      return;
    }
    const { job } = this.#task;
    const observed = await act(decision, this.#actions.get(decision.action), {
      job: { ...job, signal, task: `${job.task}-s${number}` },
      parent: span.context,
      ports: this.#ports,
    });
    span.set({ "troupe.agent.quality": observed.quality });
    await this.#trail.append({ type: "observed", ...observed, spent: this.#purse.spent });
  }

  /** What is wrong with a decision: nothing that is refused here is ever carried out. */
  #check(decision: Decision, banned: ReadonlySet<string>): readonly AnswerIssue[] {
    const { action, input } = decision;
    if (banned.has(deedOf(decision))) {
      return [
        { path: "action", message: "you have done this before, in a circle: do something else" },
      ];
    }
    if (action === finalAction) {
      const result = z.object({ result: this.#output }).safeParse(input);
      return result.success ? [] : issuesOf(result.error);
    }
    const tool = this.#actions.get(action);
    if (tool === undefined) {
      const names = [...this.#actions.keys(), finalAction].join(", ");
      return [{ path: "action", message: `there is no such action: use one of ${names}` }];
    }
    const parsed = tool.input.safeParse(input);
    return parsed.success ? [] : issuesOf(parsed.error);
  }

  /** Ends the run for good, unless trying again can help. */
  async #stopIfFinal(error: Error & { readonly retryable?: unknown }): Promise<void> {
    if (error.retryable !== false) throw error;
    if (error instanceof FencedError) throw error;
    const { message } = error;
    const stop: Stop =
      error instanceof PurseEmptyError
        ? { code: "agent-limit", limit: error.limit, message }
        : { code: "agent-unusable", message };
    await this.#stop(stop);
  }

  async #stop(stop: Stop): Promise<void> {
    await this.#trail.append({ type: "stopped", ...stop, spent: this.#purse.spent });
  }

  #span(name: string, parent: TraceContext, attributes: Record<string, string | number>): Span {
    const { goal, task, attempt } = this.#task.job;
    const of = { "troupe.goal": goal, "troupe.task": task, "troupe.attempt": attempt };
    return this.#ports.tracer.start(name, { parent, attributes: { ...of, ...attributes } });
  }

  get #output(): z.ZodType {
    return this.#spec.output ?? z.unknown();
  }
}

const finalSchema = z.object({ result: z.unknown() });

function shapeOf(schema: z.ZodType): unknown {
  const { $schema: _dialect, ...shape } = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
  });
  return shape;
}

function issuesOf({ issues }: z.ZodError): readonly AnswerIssue[] {
  return issues.map(({ path, message }) => ({ path: ["input", ...path].join("."), message }));
}
