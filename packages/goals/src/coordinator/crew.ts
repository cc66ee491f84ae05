import { type ActorContext, type StopReason, type TraceContext, traced } from "@troupe/actor";
import { workerProtocol } from "@troupe/agents";
import type { GoalState } from "../goal/state.ts";
import { lotsWithAgents } from "./lots.ts";
import type { CoordinatorMessages } from "./protocol.ts";

/** Work that an agent has taken on. */
export interface Engagement {
  readonly lot: string;
  readonly agent: string;
  readonly attempt: number;
  /** Tasks whose end is not known yet. */
  readonly open: Set<string>;
}

/** The agents that work for one goal, in one activation of its coordinator. */
export class Crew {
  readonly #context: ActorContext<CoordinatorMessages>;
  readonly #goal: string;
  readonly #trace: TraceContext | undefined;
  readonly #engaged = new Map<string, Engagement>();
  #dismissed = false;

  constructor(
    context: ActorContext<CoordinatorMessages>,
    state: GoalState,
    trace: TraceContext | undefined,
  ) {
    this.#context = context;
    this.#goal = state.id;
    this.#trace = trace;
    for (const { tasks, ...held } of lotsWithAgents(state)) {
      this.#engaged.set(held.lot, { ...held, open: new Set(tasks) });
    }
    for (const engagement of this.all) this.#watch(engagement.agent);
  }

  get all(): readonly Engagement[] {
    return [...this.#engaged.values()];
  }

  /** An agent took work on, so it works from now on, whether that will be recorded or not. */
  engage(engagement: Engagement): void {
    if (this.#dismissed) return this.#abandon(engagement);
    this.#engaged.set(engagement.lot, engagement);
    this.#watch(engagement.agent);
  }

  /** Work that an agent took on is not wanted any more. */
  decline(engagement: Engagement): void {
    this.#abandon(engagement);
  }

  /** The engagement that an agent has or had; undefined when it speaks of something else. */
  find(lot: string, agent: string): Engagement | undefined {
    const found = this.#engaged.get(lot);
    return found?.agent === agent ? found : undefined;
  }

  /** Takes notice that a task has ended. False when that was known. */
  end(engagement: Engagement, task: string): boolean {
    const isNews = engagement.open.delete(task);
    if (engagement.open.size === 0 && this.#engaged.delete(engagement.lot)) {
      const { agent } = engagement;
      if (!this.all.some((other) => other.agent === agent)) {
        this.#context.unwatch({ address: agent });
      }
    }
    return isNews;
  }

  /** A task needs no agent any more: whoever else is at it lets go of it. */
  abandonTask(task: string): void {
    for (const engagement of this.all) {
      if (!engagement.open.has(task)) continue;
      this.#abandon(engagement, [task]);
      this.end(engagement, task);
    }
  }

  /** Asks how each engagement stands: a lost message or a restarted worker shows here. */
  inspect(ask: (engagement: Engagement) => void): void {
    for (const engagement of this.all) {
      // Repeating it repairs a watch whose messages were lost.
      this.#watch(engagement.agent);
      ask(engagement);
    }
  }

  /** The goal has ended: whatever is still worked on is no longer wanted. */
  dismiss(): void {
    this.#dismissed = true;
    for (const engagement of this.all) this.#abandon(engagement);
    this.#engaged.clear();
  }

  /** All agents let go of what they are at; others may be engaged. */
  abandonAll(): void {
    for (const engagement of this.all) {
      this.#abandon(engagement);
      for (const task of engagement.open) this.end(engagement, task);
    }
  }

  /** Has the agent's end told to the coordinator as a message. */
  #watch(agent: string): void {
    this.#context.watch({ address: agent }, (why: StopReason) =>
      this.#context.self.tell("agentLost", { agent, why }),
    );
  }

  #abandon({ lot, agent }: Engagement, tasks?: readonly string[]): void {
    const worker = this.#context.ref(workerProtocol, agent);
    const ref = this.#trace === undefined ? worker : traced(worker, this.#trace);
    ref.tell("abandon", {
      goal: this.#goal,
      lot,
      ...(tasks === undefined ? {} : { tasks: [...tasks] }),
    });
  }
}
