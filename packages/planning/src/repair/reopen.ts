import { atomText, substituteCondition, type Task } from "../domain/condition.ts";
import type { Domain } from "../domain/domain.ts";
import type { PlanDraft } from "../plan/draft.ts";
import type { Plan, PlanStep, PlanTask } from "../plan/plan.ts";
import type { Blockage, PlanOrder } from "../plan/problem.ts";
import { Names, readDeeds } from "../plan/read-deeds.ts";
import type { Call, Entry, Guard } from "../search/agenda.ts";
import { compileTest, Scope } from "../search/compiled-condition.ts";
import { CompiledProblem } from "../search/compiled-problem.ts";
import { Search } from "../search/search.ts";
import { type Begun, callKey, type Deed, type SearchCounts } from "../search/search-types.ts";
import { isSequential } from "../search/task-order.ts";
import { firstBroken, type Present, presentOf } from "./present.ts";
import { Remainder } from "./remainder.ts";
import { type Progress, type RepairRequest, readProgress } from "./request.ts";

export interface ReopenOptions {
  readonly order: PlanOrder;
  readonly maxNodes: number;
  readonly expired: () => boolean;
}

/** One widening: what was reopened and what came of it. */
export interface RepairAttempt {
  /** The tasks that might be decomposed anew; none when the rest of the plan was only checked. */
  readonly reopened: readonly Task[];
  readonly outcome: "planned" | "no-plan" | "limit-reached";
  /** Why it did not work. */
  readonly blockage?: Blockage;
}

/** A task that is decomposed otherwise than before. */
export interface Reopened {
  readonly task: Task;
  /** The method before; absent for an action. */
  readonly before?: string;
  /** The method now; absent for an action. */
  readonly after?: string;
}

export type ReopenResult =
  | {
      readonly kind: "found";
      readonly draft: PlanDraft;
      /** Names of the steps and tasks that were planned anew, with all below them. */
      readonly scope: readonly string[];
      readonly reopened: readonly Reopened[];
      readonly attempts: readonly RepairAttempt[];
      readonly counts: SearchCounts;
    }
  | {
      readonly kind: "none" | "nodes" | "time" | "recursion";
      readonly attempts: readonly RepairAttempt[];
      readonly nodes: number;
    };

/**
 * Finds the smallest part of the plan that can be decomposed anew so that the whole rest works: the task of the
 * failed step, then the task above it, and so on up to all tasks that are not done.
 */
export function reopen(
  domain: Domain,
  plan: Plan,
  request: RepairRequest,
  options: ReopenOptions,
): ReopenResult {
  const progress = readProgress(plan, request);
  const present = presentOf(domain, plan, progress, request.facts);
  const remainder = new Remainder(plan, progress.executed);
  const broken =
    progress.failed ?? firstBroken(domain, remainder.pending([]), present, request.banned ?? []);
  const added = request.added ?? [];
  const compiled = compile(domain, plan, present, added);
  const unfinished = plan.roots.filter((root) => !remainder.isDone(root));
  const first = broken !== undefined && "method" in broken ? [[broken.id]] : [];
  const above = broken === undefined ? [] : remainder.ancestors(broken.id).map(({ id }) => [id]);
  const scopes: (readonly string[])[] =
    broken === undefined ? [[], unfinished] : [...first, ...above, unfinished];
  const attempts: RepairAttempt[] = [];
  let left = options.maxNodes;
  let limit: "nodes" | "time" | "recursion" | undefined;
  for (const [i, scope] of scopes.entries()) {
    const isLast = i === scopes.length - 1;
    const attempt = new Attempt(domain, plan, progress, present, remainder, compiled);
    const maxNodes = isLast ? left : Math.ceil(left / 2);
    const outcome = attempt.run(scope, request, { ...options, maxNodes }, isLast);
    left -= outcome.counts.nodes;
    const reopened = scope.map((id) => attempt.taskOf(id));
    if (outcome.kind === "found") {
      attempts.push({ reopened, outcome: "planned" });
      const [deeds = []] = outcome.plans;
      const result = attempt.draft(deeds, scope, added);
      return { kind: "found", ...result, scope, attempts, counts: outcome.counts };
    }
    if (outcome.kind === "limit") limit = outcome.limit;
    attempts.push({
      reopened,
      outcome: outcome.kind === "limit" ? "limit-reached" : "no-plan",
      ...(outcome.blockage === undefined ? {} : { blockage: outcome.blockage }),
    });
    if (limit === "time") break;
  }
  return { kind: limit ?? "none", attempts, nodes: options.maxNodes - left };
}

function compile(
  domain: Domain,
  plan: Plan,
  present: Present,
  added: readonly Task[],
): CompiledProblem {
  const objects = [...present.objects].map(([name, types]) => [name, [...types]] as const);
  const problem = {
    facts: present.facts,
    tasks: [...plan.tasks, ...added],
    goal: plan.goal,
    objects: Object.fromEntries(objects),
  };
  return new CompiledProblem(
    domain,
    problem,
    isSequential(domain, { ...problem, ordering: plan.ordering }),
  );
}

/** One search over the rest of a plan with some of its tasks reopened. */
class Attempt {
  readonly #domain: Domain;
  readonly #plan: Plan;
  readonly #progress: Progress;
  readonly #present: Present;
  readonly #remainder: Remainder;
  readonly #compiled: CompiledProblem;
  readonly #calls = new Map<number, string>();
  readonly #addedCalls: Call[] = [];

  constructor(
    domain: Domain,
    plan: Plan,
    progress: Progress,
    present: Present,
    remainder: Remainder,
    compiled: CompiledProblem,
  ) {
    this.#domain = domain;
    this.#plan = plan;
    this.#progress = progress;
    this.#present = present;
    this.#remainder = remainder;
    this.#compiled = compiled;
  }

  /** The task or action of the plan that has the name. */
  taskOf(id: string): Task {
    const task = this.#plan.decomposition.find((each) => each.id === id);
    if (task !== undefined) return [task.task, ...task.args];
    const step = this.#plan.steps.find((each) => each.id === id);
    return [step?.action ?? id, ...(step?.args ?? [])];
  }

  run(scope: readonly string[], request: RepairRequest, options: ReopenOptions, whole: boolean) {
    const banned = new Set((request.banned ?? []).map(([name, ...args]) => callKey(name, args)));
    const { failed } = this.#progress;
    const search = new Search(this.#compiled, {
      ...options,
      best: 1,
      banned: (action, args) => banned.has(callKey(action, args)),
      ...(failed === undefined ? {} : { barred: failed }),
      executed: this.#reusable(scope, whole),
      begun: this.#begun(scope),
    });
    for (const [i, task] of (request.added ?? []).entries()) {
      this.#addedCalls.push(search.call(task, `added task ${i + 1}`));
    }
    const reopened = new Set(scope);
    const pending = this.#remainder.pending(scope);
    const rest = pending.map((item) => this.#entry(search, item, reopened));
    return search.run([...this.#addedCalls, ...rest], this.#order(scope, whole, pending));
  }

  /** Executed steps below the reopened tasks; for the whole plan also those given up before. */
  #reusable(scope: readonly string[], whole: boolean): ReadonlyMap<string, readonly string[]> {
    const below = new Set(this.#remainder.below(scope));
    if (whole) for (const id of this.#plan.abandoned) below.add(id);
    const found = new Map<string, string[]>();
    for (const { id, action, args } of [...this.#progress.completed, ...this.#progress.running]) {
      if (!below.has(id)) continue;
      const key = callKey(action, args);
      const known = found.get(key);
      if (known === undefined) found.set(key, [id]);
      else known.push(id);
    }
    return found;
  }

  /** Tasks below the reopened ones, they included, of which steps are executed. */
  #begun(scope: readonly string[]): ReadonlyMap<string, readonly Begun[]> {
    const below = this.#remainder.below(scope);
    const found = new Map<string, Begun[]>();
    for (const task of this.#plan.decomposition) {
      const { id, method, binding } = task;
      if (!below.has(id) || !this.#remainder.isBegun(id)) continue;
      const begun = { id, method, binding, at: this.#remainder.executedBefore(task) };
      const key = callKey(task.task, task.args);
      const known = found.get(key);
      if (known === undefined) found.set(key, [begun]);
      else known.push(begun);
    }
    return found;
  }

  /** One row, except for whole plans whose tasks may be done in another order. */
  #order(scope: readonly string[], whole: boolean, pending: readonly { readonly id: string }[]) {
    const { ordering, roots } = this.#plan;
    const count = pending.length;
    if (!whole || ordering === "sequence" || scope.length !== count) return undefined;
    const offset = this.#addedCalls.length;
    const place = new Map(pending.map(({ id }, i) => [id, i + offset]));
    const pairs: (readonly [number, number])[] = [];
    for (let i = 1; i < offset; i++) pairs.push([i - 1, i]);
    if (offset > 0) for (let i = 0; i < count; i++) pairs.push([offset - 1, offset + i]);
    for (const [earlier, later] of ordering === "any" ? [] : ordering) {
      const [from, to] = [place.get(roots[earlier] ?? ""), place.get(roots[later] ?? "")];
      if (from !== undefined && to !== undefined) pairs.push([from, to]);
    }
    return pairs;
  }

  #entry(search: Search, item: PlanStep | PlanTask, reopened: ReadonlySet<string>): Entry {
    const task = this.taskOf(item.id);
    if (reopened.has(item.id)) {
      const call = search.call(task, item.id, { reuse: true });
      this.#calls.set(call.id, item.id);
      return call;
    }
    if ("action" in item) return search.call(task, item.id, { keep: item.id });
    return this.#guard(search.call(task, item.id), item);
  }

  #guard(call: Call, item: PlanTask): Guard {
    const binding = new Map(Object.entries(item.binding));
    const method = this.#domain.methods.find((each) => each.name === item.method);
    const tests = (method?.preconditions ?? []).map((each) =>
      compileTest(substituteCondition(each, binding), new Scope(), this.#compiled.symbols),
    );
    return {
      kind: "guard",
      task: item.id,
      call,
      method: item.method,
      test: (state, frame) => tests.every((test) => test(state, frame)),
      a: call.a,
      b: call.b,
    };
  }

  /** The plan as it stands after the repair. */
  draft(
    deeds: readonly Deed[],
    scope: readonly string[],
    added: readonly Task[],
  ): { readonly draft: PlanDraft; readonly reopened: readonly Reopened[] } {
    const plan = this.#plan;
    const prefix = [...this.#progress.completed, ...this.#progress.running];
    const inside = this.#remainder.below(scope);
    const olds = [...plan.steps, ...plan.decomposition].map((each) => each.id);
    const names = new Names([...olds, ...plan.retired]);
    const read = readDeeds(deeds, this.#compiled, names, prefix.length, {
      task: this.#calls,
      step: this.#notBegun(inside),
    });
    const keptTasks = plan.decomposition.filter((each) => !inside.has(each.id));
    const decomposition = [
      ...keptTasks.map((each) => this.#moved(each, read.passed)),
      ...read.decomposition,
    ];
    const rootOf = new Map(
      [...this.#calls].map(([call, id]) => [id, read.nameOf.get(call) ?? id] as const),
    );
    const steps = [...prefix, ...read.steps].map(({ id, action, args }) => ({ id, action, args }));
    const present = new Set([...steps, ...decomposition].map((each) => each.id));
    const held = new Set([
      ...decomposition.flatMap((each) => each.children),
      ...plan.roots.map((each) => rootOf.get(each) ?? each),
    ]);
    const reopened = scope.map((id): Reopened => {
      const before = plan.decomposition.find((each) => each.id === id)?.method;
      const after = decomposition.find((each) => each.id === id)?.method;
      return {
        task: this.taskOf(id),
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
      };
    });
    const offset = added.length;
    const draft: PlanDraft = {
      facts: plan.facts,
      objects: plan.objects,
      tasks: [...added, ...plan.tasks],
      ordering:
        typeof plan.ordering === "string"
          ? plan.ordering
          : plan.ordering.map(([a, b]) => [a + offset, b + offset] as const),
      goal: plan.goal,
      steps,
      decomposition: parentsFirst(decomposition),
      roots: [
        ...this.#addedCalls.map((each) => read.nameOf.get(each.id) ?? ""),
        ...plan.roots.map((each) => rootOf.get(each) ?? each),
      ],
      executed: prefix.length,
      abandoned: prefix.map((each) => each.id).filter((id) => !held.has(id)),
      observations: this.#present.observations,
      retired: [...plan.retired, ...olds.filter((id) => !present.has(id))],
    };
    return { draft, reopened };
  }

  /** Takes names of steps that have not begun, each once. */
  #notBegun(inside: ReadonlySet<string>) {
    const free = new Map<string, string[]>();
    for (const { id, action, args } of this.#plan.steps) {
      const gone = this.#progress.executed.has(id) || id === this.#progress.failed?.id;
      if (gone || !inside.has(id)) continue;
      const key = callKey(action, args);
      const known = free.get(key);
      if (known === undefined) free.set(key, [id]);
      else known.push(id);
    }
    return (action: string, args: readonly string[]) => free.get(callKey(action, args))?.shift();
  }

  /** A kept task, with the place of its method among the steps as they are now. */
  #moved(task: PlanTask, passed: ReadonlyMap<string, number>): PlanTask {
    const place = passed.get(task.id);
    return { ...task, at: place ?? this.#remainder.executedBefore(task) };
  }
}

/** Tasks of a tree in an order in which each stands before those below it. */
export function parentsFirst(tasks: readonly PlanTask[]): readonly PlanTask[] {
  const byId = new Map(tasks.map((each) => [each.id, each]));
  const children = new Set(tasks.flatMap((each) => each.children));
  const ordered: PlanTask[] = [];
  const stack = tasks.filter((each) => !children.has(each.id)).toReversed();
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    ordered.push(at);
    for (const child of at.children.toReversed()) {
      const task = byId.get(child);
      if (task !== undefined) stack.push(task);
    }
  }
  return ordered;
}

/** What was reopened, for people. */
export function reopenedText(reopened: readonly Reopened[]): string {
  return reopened
    .map(({ task, before, after }) => {
      if (before === undefined) return `${atomText(task)} was planned anew`;
      if (before === after) return `${atomText(task)} was decomposed anew by '${after}'`;
      return `${atomText(task)} is decomposed by '${after}' instead of '${before}'`;
    })
    .join("; ");
}
