import {
  type Cancel,
  type Clock,
  ensureError,
  type Log,
  type Subscription,
  type Transport,
} from "@troupe/actor";
import { type GoalClient, type GoalSummary, hasEnded } from "@troupe/goals";
import type { Changes } from "./changes.ts";

/** Goals kept, newest first: about 1 kB each. */
const goalLimit = 20_000;
/** Goals asked for at once. */
const pageGoals = 1000;
/** Events that come within this time lead to one look, milliseconds. */
const gatherMs = 250;
/** Without any event there is a look this often, so that nothing that was missed stays missed, milliseconds. */
const idleLookMs = 10_000;
/** Goals whose agents' steps are told of together; of others it is heard with the next. */
const steppedLimit = 1000;
/** After a look that failed, milliseconds. */
const retryMs = 2000;

export interface GoalBoardOptions {
  readonly client: Pick<GoalClient, "listPage">;
  readonly transport: Pick<Transport, "subscribe">;
  /** Subject of the events of all goals, and of the steps of agents that reason for them. */
  readonly events: string;
  readonly steps: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly changes: Changes;
}

/** Which goals are wanted. */
export interface GoalFilter {
  /** Phases; `open` is each that is not an end. */
  readonly phase?: string | undefined;
  readonly kind?: string | undefined;
  /** Part of the id or of the error. */
  readonly text?: string | undefined;
  /** Only those that ask people. */
  readonly waiting?: boolean | undefined;
}

/**
 * One line about each of the newest goals, kept up to date. Events only say that there is news; what is new is
 * asked for, so that an event that was missed costs time and nothing else.
 */
export class GoalBoard {
  readonly #options: GoalBoardOptions;
  /** Newest first. */
  #goals: GoalSummary[] = [];
  readonly #changedAt = new Map<string, number>();
  #last = 0;
  #looking = false;
  #loaded = false;
  #problem: string | undefined;
  #next: Cancel | undefined;
  #stopped = false;
  #again = false;
  /** Goals whose agents made steps that nobody was told of yet. */
  #stepped = new Set<string>();
  readonly #subscriptions: readonly Subscription[];

  constructor(options: GoalBoardOptions) {
    this.#options = options;
    const { transport, events, steps } = options;
    const goalAt = steps.split(".").indexOf(">");
    this.#subscriptions = [
      transport.subscribe(events, () => this.#hear()),
      transport.subscribe(steps, ({ subject }) => this.#hearStep(subject.split(".")[goalAt] ?? "")),
    ];
    void this.#look();
  }

  /** False until the goals have been read for the first time. */
  get loaded(): boolean {
    return this.#loaded;
  }

  /** Why the goals cannot be read now, if so. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** How many goals are in which phase, and how many ask people. */
  counts(): { readonly phases: Record<string, number>; readonly waiting: number } {
    const phases: Record<string, number> = {};
    let waiting = 0;
    for (const goal of this.#goals) {
      phases[goal.phase] = (phases[goal.phase] ?? 0) + 1;
      if (goal.approvals > 0 && !hasEnded(goal)) waiting += 1;
    }
    return { phases, waiting };
  }

  /** Kinds of the goals known. */
  kinds(): readonly string[] {
    return [...new Set(this.#goals.map(({ kind }) => kind))].sort();
  }

  /** @param from how many that fit are left out first */
  list(
    filter: GoalFilter,
    from: number,
    limit: number,
  ): { readonly goals: readonly GoalSummary[]; readonly total: number } {
    const fitting = this.#goals.filter((goal) => fits(goal, filter));
    return { goals: fitting.slice(from, from + limit), total: fitting.length };
  }

  /** Ids of goals that changed after a revision, at most `limit`. */
  changedAfter(revision: number, limit: number): readonly string[] {
    const changed: string[] = [];
    for (const [id, at] of this.#changedAt) {
      if (at > revision && changed.push(id) === limit) break;
    }
    return changed;
  }

  stop(): void {
    this.#stopped = true;
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    this.#next?.();
  }

  /** Steps change no line about a goal: they are told of, and nothing is asked. */
  #hearStep(goal: string): void {
    if (this.#stepped.size === 0) this.#options.clock.schedule(gatherMs, () => this.#tellSteps());
    if (this.#stepped.size < steppedLimit) this.#stepped.add(goal);
  }

  #tellSteps(): void {
    if (this.#stopped) return;
    const stepped = this.#stepped;
    this.#stepped = new Set();
    const revision = this.#options.changes.tell();
    for (const { id } of this.#goals) if (stepped.has(id)) this.#changed(id, revision);
  }

  /** Moved to the end, so that old changes come first when they are looked through. */
  #changed(id: string, revision: number): void {
    this.#changedAt.delete(id);
    this.#changedAt.set(id, revision);
  }

  /** The first event begins to wait for others; those that come while goals are read lead to another look. */
  #hear(): void {
    if (this.#again) return;
    this.#again = true;
    if (!this.#looking) this.#schedule(gatherMs);
  }

  #schedule(afterMs: number): void {
    this.#next?.();
    if (this.#stopped) return;
    this.#next = this.#options.clock.schedule(afterMs, () => void this.#look());
  }

  async #look(): Promise<void> {
    this.#looking = true;
    this.#again = false;
    let waitMs = idleLookMs;
    try {
      await this.#read();
      this.#problem = undefined;
    } catch (thrown) {
      const error = ensureError(thrown);
      waitMs = retryMs;
      if (this.#problem === undefined) this.#options.log("warn", "goals cannot be read", { error });
      if (this.#problem !== error.message) this.#options.changes.tell();
      this.#problem = error.message;
    }
    this.#looking = false;
    this.#schedule(this.#again ? gatherMs : waitMs);
  }

  async #read(): Promise<void> {
    const changed = new Map<string, GoalSummary>();
    let before: string | undefined;
    let last: number | undefined;
    for (;;) {
      const page = await this.#options.client.listPage({
        limit: pageGoals,
        changedAfter: this.#last,
        ...(before === undefined ? {} : { before }),
      });
      // What changes between two pages may be in neither: the first page's position is what counts.
      last ??= page.last;
      for (const goal of page.goals) changed.set(goal.id, goal);
      before = page.goals.at(-1)?.id;
      if (!page.more || before === undefined || changed.size >= goalLimit) break;
    }
    this.#last = last;
    const first = !this.#loaded;
    this.#loaded = true;
    if (changed.size > 0 || first) this.#take(changed);
  }

  #take(changed: Map<string, GoalSummary>): void {
    const revision = this.#options.changes.tell();
    const known = new Set<string>();
    const merged = this.#goals.map((goal) => {
      known.add(goal.id);
      return changed.get(goal.id) ?? goal;
    });
    for (const [id, goal] of changed) {
      if (!known.has(id)) merged.push(goal);
      this.#changed(id, revision);
    }
    merged.sort((one, other) => other.acceptedAt - one.acceptedAt || (one.id < other.id ? 1 : -1));
    for (const { id } of merged.splice(goalLimit)) this.#changedAt.delete(id);
    this.#goals = merged;
  }
}

function fits(goal: GoalSummary, filter: GoalFilter): boolean {
  const { id, phase, kind, error, approvals } = goal;
  if (filter.phase === "open" ? hasEnded(goal) : (filter.phase ?? phase) !== phase) return false;
  if ((filter.kind ?? kind) !== kind) return false;
  if (filter.waiting === true && (approvals === 0 || hasEnded(goal))) return false;
  const text = filter.text?.toLowerCase() ?? "";
  return id.toLowerCase().includes(text) || (error?.toLowerCase().includes(text) ?? false);
}
