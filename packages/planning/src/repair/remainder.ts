import { parentsOf } from "../plan/complete-plan.ts";
import type { Plan, PlanStep, PlanTask } from "../plan/plan.ts";

/** A plan's decomposition tree, with what has been executed of it. */
export class Remainder {
  readonly #plan: Plan;
  readonly #executed: ReadonlySet<string>;
  readonly #parents: ReadonlyMap<string, string>;
  readonly #started = new Set<string>();
  readonly #leaves = new Map<string, number>();
  /** Place of the first step that is not executed, or -1. */
  readonly #firstLeft: number;
  readonly #place: ReadonlyMap<string, number>;
  readonly #tasks: ReadonlyMap<string, PlanTask>;

  constructor(plan: Plan, executed: ReadonlySet<string>) {
    this.#plan = plan;
    this.#executed = executed;
    this.#firstLeft = plan.steps.findIndex((each) => !executed.has(each.id));
    this.#parents = parentsOf(plan);
    this.#place = new Map(plan.steps.map((each, i) => [each.id, i]));
    this.#tasks = new Map(plan.decomposition.map((each) => [each.id, each]));
    for (const { id } of plan.steps) {
      for (const above of this.ancestors(id)) {
        this.#leaves.set(above.id, (this.#leaves.get(above.id) ?? 0) + 1);
        if (executed.has(id)) this.#started.add(above.id);
      }
    }
  }

  /** Tasks above a step or task, the nearest first. */
  ancestors(id: string): readonly PlanTask[] {
    const found: PlanTask[] = [];
    for (let at = this.#parents.get(id); at !== undefined; at = this.#parents.get(at)) {
      const task = this.#tasks.get(at);
      if (task !== undefined) found.push(task);
    }
    return found;
  }

  /** Names of all steps and tasks below the given tasks, those themselves included. */
  below(roots: readonly string[]): ReadonlySet<string> {
    const found = new Set(roots);
    for (const id of found)
      for (const child of this.#tasks.get(id)?.children ?? []) found.add(child);
    return found;
  }

  /** Whether a step below is executed. */
  isBegun(root: string): boolean {
    return this.#started.has(root);
  }

  /** Whether every step below is executed, and there is one. */
  isDone(root: string): boolean {
    const steps = [...this.below([root])].filter((id) => this.#place.has(id));
    return steps.length > 0 && steps.every((id) => this.#executed.has(id));
  }

  /** Whether the place where the task's method was chosen is passed. */
  isChosen(task: PlanTask): boolean {
    if (this.#started.has(task.id)) return true;
    return !this.#leaves.has(task.id) && (this.#firstLeft < 0 || task.at < this.#firstLeft);
  }

  /** How many executed steps lie before the place where the task's method was chosen. */
  executedBefore(task: PlanTask): number {
    return this.#plan.steps.slice(0, task.at).filter((each) => this.#executed.has(each.id)).length;
  }

  /**
   * What is left of the plan outside the tasks to be reopened, in plan order: steps that have not begun, and
   * tasks whose method was chosen for what is still to come. A reopened task stands where its first step that
   * is not executed stood.
   */
  pending(reopened: readonly string[]): readonly (PlanStep | PlanTask)[] {
    const inside = this.below(reopened);
    const items: { readonly at: number; readonly item: PlanStep | PlanTask }[] = [];
    for (const task of this.#plan.decomposition) {
      if (reopened.includes(task.id)) {
        items.push({ at: this.#firstOpen(task), item: task });
      } else if (!inside.has(task.id) && !this.isChosen(task)) {
        items.push({ at: task.at, item: task });
      }
    }
    this.#plan.steps.forEach((step, i) => {
      const reopenedStep = reopened.includes(step.id);
      if (reopenedStep || !(inside.has(step.id) || this.#executed.has(step.id))) {
        items.push({ at: i + 0.5, item: step });
      }
    });
    return items.sort((a, b) => a.at - b.at).map(({ item }) => item);
  }

  #firstOpen(task: PlanTask): number {
    let first = Number.POSITIVE_INFINITY;
    for (const id of this.below([task.id])) {
      const place = this.#place.get(id);
      if (place !== undefined && !this.#executed.has(id)) first = Math.min(first, place);
    }
    return Number.isFinite(first) ? first : task.at;
  }
}
