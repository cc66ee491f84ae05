import { type ActorContext, type StopReason, type TraceContext, traced } from "@troupe/actor";
import { type Attempt, type TaskOrder, workerProtocol } from "@troupe/agents";
import type { TaskState } from "../goal/state.ts";
import type { CoordinatorMessages } from "./protocol.ts";

/** The agents that work for one goal, in one activation of its coordinator. */
export class Crew {
  readonly #context: ActorContext<CoordinatorMessages>;
  readonly #goal: string;
  readonly #trace: TraceContext | undefined;
  /** Orders that an agent took on and that are not in the journal yet. */
  readonly #engaged = new Map<TaskOrder, string>();
  #dismissed = false;

  constructor(
    context: ActorContext<CoordinatorMessages>,
    goal: string,
    trace: TraceContext | undefined,
  ) {
    this.#context = context;
    this.#goal = goal;
    this.#trace = trace;
  }

  /** An agent took an order on, so it works from now on, whether that will be recorded or not. */
  engage(order: TaskOrder, agent: string): void {
    if (this.#dismissed) this.#abandon(agent, order);
    else this.#engaged.set(order, agent);
  }

  /** The award of an order is in the journal. */
  recorded(order: TaskOrder): void {
    this.#engaged.delete(order);
  }

  /**
   * Has the agent's end told to the coordinator as a message. Repeating it repairs a watch whose
   * messages were lost.
   */
  watch(agent: string): void {
    this.#context.watch({ address: agent }, (why: StopReason) =>
      this.#context.self.tell("agentLost", { agent, why }),
    );
  }

  /** Stops watching an agent that has none of the tasks any more. */
  release(agent: string, tasks: readonly TaskState[]): void {
    const busy = tasks.some(({ status, winner }) => status === "awarded" && winner === agent);
    if (!busy) this.#context.unwatch({ address: agent });
  }

  /** The goal has ended: whatever is still worked on is no longer wanted. */
  dismiss(tasks: readonly TaskState[]): void {
    this.#dismissed = true;
    for (const { id, status, winner, attempts } of tasks) {
      if (status !== "awarded" || winner === undefined) continue;
      this.#abandon(winner, { goal: this.#goal, task: id, attempt: attempts });
    }
    for (const [order, agent] of this.#engaged) this.#abandon(agent, order);
  }

  #abandon(agent: string, { goal, task, attempt }: Attempt): void {
    const worker = this.#context.ref(workerProtocol, agent);
    const ref = this.#trace === undefined ? worker : traced(worker, this.#trace);
    ref.tell("abandon", { goal, task, attempt });
  }
}
