import { ensureError, FencedError, type Span, type TraceContext } from "@troupe/actor";
import { z } from "zod";
import {
  AgentElsewhereError,
  AgentStoppedError,
  PurseEmptyError,
  UndecidedError,
} from "../errors.ts";
import { Purse } from "../limits/purse.ts";
import type { Stop } from "../trail/trail-records.ts";
import { act } from "./act.ts";
import { AgentActions, resultOf } from "./agent-actions.ts";
import type { Above, AgentPorts, AgentResult, AgentSpec, AgentTask } from "./agent-spec.ts";
import { delegateTool } from "./delegate.ts";
import type { ActionNotice } from "./mind.ts";
import { type Move, nextMove } from "./next-move.ts";
import { askTool } from "./request-approval.ts";
import { type Decision, finalAction } from "./step.ts";
import { type Trail, takeUp } from "./take-up.ts";

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
 * @throws AgentElsewhereError when the run goes on elsewhere; the signal's reason when it was aborted; what
 *   the model's server fails with, if trying again can help: the run then goes on where it was
 */
export async function runAgent(
  spec: AgentSpec,
  ports: AgentPorts,
  task: AgentTask,
  above?: Above,
): Promise<AgentResult> {
  try {
    const trail = await takeUp(spec, ports, task, above?.depth ?? 0);
    return await new Run(spec, ports, task, trail, above).toEnd();
  } catch (error) {
    if (!(error instanceof FencedError)) throw error;
    throw new AgentElsewhereError(spec.name, { cause: error });
  }
}

class Run {
  readonly #spec: AgentSpec;
  readonly #ports: AgentPorts;
  readonly #task: AgentTask;
  readonly #trail: Trail;
  readonly #purse: Purse;
  readonly #depth: number;
  readonly #actions: AgentActions;

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
    if (this.#depth < spec.limits.maxDepth) own.push(delegateTool(spec, ports, below, runAgent));
    this.#actions = new AgentActions(own, spec.output ?? z.unknown());
  }

  async toEnd(): Promise<AgentResult> {
    const { name } = this.#spec;
    const span = this.#span(`invoke_agent ${name}`, this.#task.job.span.context, {
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.agent.name": name,
      "troupe.agent.depth": this.#depth,
    });
    const hadEnded = this.#trail.state.end !== undefined;
    try {
      for (;;) {
        this.#task.job.signal.throwIfAborted();
        const { state } = this.#trail;
        const move = nextMove(state, this.#spec.limits, this.#ports.clock.now());
        if (move.kind !== "end") {
          await this.#inTime((signal) => this.#take(move, span, signal));
          continue;
        }
        if (!hadEnded) await this.#spec.experience?.learn(state);
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
    const { steps, interventions, habits } = this.#trail.state;
    const banned = new Set(interventions.flatMap((one) => one.banned));
    const last = new Set(habits?.last);
    const most = Math.min(limits.maxSteps, habits?.steps ?? limits.maxSteps);
    const situation = {
      instructions,
      input: this.#task.input,
      actions: inOrder(this.#actions.notices, last),
      steps,
      stepsLeft: Math.max(1, most - steps.length),
      advice: [...(habits?.advice ?? []), ...interventions.flatMap(({ advice }) => advice)],
      last,
      banned,
    };
    const check = (one: Decision) => this.#actions.check(one, banned);
    let decision: Decision & { readonly model?: string };
    try {
      const payer = this.#purse;
      const parent = span.context;
      decision = await mind.decide(situation, { check, signal, payer, limits, parent });
      // Whatever made the decision.
      const [issue] = check(decision);
      if (issue !== undefined) throw new UndecidedError(`${issue.path}: ${issue.message}`);
    } catch (thrown) {
      signal.throwIfAborted();
      await this.#stopIfFinal(ensureError(thrown));
      return;
    }
    const { thought, action, input, model } = decision;
    span.set({ "troupe.agent.action": action, "troupe.agent.mind": mind.name });
    const by = { mind: mind.name, ...(model === undefined ? {} : { model }) };
    const { spent } = this.#purse;
    await this.#trail.append({ type: "decided", thought, action, input, ...by, spent });
    if (action === finalAction) await this.#finish(decision);
  }

  async #act(decision: Decision, number: number, span: Span, signal: AbortSignal): Promise<void> {
    // The node died between the two records of its end.
    if (decision.action === finalAction) return this.#finish(decision);
    const { job } = this.#task;
    const observed = await act(decision, this.#actions.tool(decision.action), {
      job: { ...job, signal, task: `${job.task}-s${number}` },
      parent: span.context,
      ports: this.#ports,
    });
    span.set({ "troupe.agent.quality": observed.quality });
    await this.#trail.append({ type: "observed", ...observed, spent: this.#purse.spent });
  }

  async #finish(decision: Decision): Promise<void> {
    const result = resultOf(decision);
    await this.#trail.append({ type: "finished", result, spent: this.#purse.spent });
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
}

function inOrder(
  notices: readonly ActionNotice[],
  last: ReadonlySet<string>,
): readonly ActionNotice[] {
  const isLast = ({ name }: ActionNotice): boolean => last.has(name);
  return [...notices.filter((one) => !isLast(one)), ...notices.filter(isLast)];
}
