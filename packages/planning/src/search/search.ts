import type { Task } from "../domain/condition.ts";
import type { Blockage } from "../plan/problem.ts";
import { type Call, type Entry, inRow, NothingLeft, network, sequence } from "./agenda.ts";
import { BindingCursor } from "./binding-cursor.ts";
import { explain, type Stuck, unexplained } from "./blockage.ts";
import { type CompiledMethod, type CompiledProblem, frameFor } from "./compiled-problem.ts";
import { type Attempt, DeadEnds } from "./dead-ends.ts";
import { begunWay } from "./earlier-steps.ts";
import { type Frontier, Latest, Nearest } from "./frontier.ts";
import type { GoalReach } from "./goal-reach.ts";
import { Moves } from "./moves.ts";
import type { Choice, Node } from "./node.ts";
import { openedBefore } from "./openings.ts";
import type { Deed, SearchOptions, SearchOutcome, Turns } from "./search-types.ts";
import { Seen } from "./seen.ts";
import { Solutions, tolerance } from "./solutions.ts";
import { Tabling } from "./tabling.ts";

/** Nodes between two questions whether time is up. */
const nodesPerCheck = 1024;
/** Most openings of one task in the same facts that are tried in a network whose steps may alternate. */
const mostOpenings = 8;

/**
 * Depth-first search over decompositions, on an explicit stack, with full backtracking over methods, bindings and
 * (where the order leaves a choice) tasks. The facts progress with every action.
 *
 * A node that was seen with the same facts and the same tasks left is not searched again, nor a task that failed in
 * the same facts before ({@link DeadEnds}), nor a node at which a goal is lost ({@link GoalReach}). A task with
 * something to do after itself that opens again inside itself in the same facts is put off. If there is no plan
 * without that, tables decide ({@link Tabling}); where steps may alternate, further passes allow it more often.
 */
export class Search {
  readonly #problem: CompiledProblem;
  readonly #options: SearchOptions;
  #seen = new Seen(true);
  #deadEnds = new DeadEnds();
  #nodes = 0;
  #nextCheck = nodesPerCheck;
  #backtracks = 0;
  /** Whether time was up when it was asked: what was found to lead nowhere since then need not. */
  #late = false;
  readonly #expired = (): boolean => {
    this.#late ||= this.#options.expired();
    return this.#late;
  };
  /** Openings put off in this pass. */
  #putOff = 0;
  #allowed = 0;
  readonly #goals: GoalReach;
  readonly #moves: Moves;
  readonly #solutions: Solutions;
  #stuck: Stuck | undefined;

  constructor(problem: CompiledProblem, options: SearchOptions) {
    this.#problem = problem;
    this.#options = options;
    this.#goals = problem.reach;
    this.#solutions = new Solutions(options.best);
    this.#moves = new Moves(problem, options, this.#expired, (stuck) => this.#block(stuck));
  }

  /** A call to put on the first agenda. */
  call(task: Task, place: string, how?: { keep?: string; reuse?: boolean }): Call {
    const [name, ...args] = task;
    const symbol = this.#problem.symbol(name, args, place);
    const ids = args.map((each) => this.#problem.symbols.object(each));
    return this.#moves.call(symbol, ids, undefined, how?.keep, how?.reuse ?? false);
  }

  /** Nodes looked at so far. */
  get nodes(): number {
    return this.#nodes;
  }

  /** Why the furthest branch so far did not go on. */
  get blockage(): Blockage | undefined {
    return this.#stuck === undefined ? undefined : explain(this.#stuck, this.#problem);
  }

  /** @param order pairs of indices into `entries`; `undefined` for one row */
  run(
    entries: readonly Entry[],
    order: readonly (readonly [number, number])[] | undefined,
  ): SearchOutcome {
    const turns = this.inTurns(entries, order);
    for (;;) {
      const turn = turns.next();
      if (turn.done === true) return turn.value;
    }
  }

  /** The same with pauses, so that other searches can have their turn. */
  *inTurns(
    entries: readonly Entry[],
    order: readonly (readonly [number, number])[] | undefined,
  ): Turns<SearchOutcome> {
    const { sequential } = this.#problem;
    const row = sequential ? inRow(entries, order ?? []) : entries;
    const agenda = sequential
      ? sequence(row, new NothingLeft(this.#goals.none))
      : network(entries, order, this.#goals.none);
    const start: Node = {
      state: this.#problem.initial,
      agenda,
      deeds: undefined,
      reused: undefined,
      value: 0,
      steps: 0,
      fresh: 0,
      assured: undefined,
    };
    let limit: "nodes" | "time" | "recursion" | undefined = yield* this.#pass(start);
    for (; this.#isUndecided(limit) && !sequential; ) {
      if (this.#allowed >= mostOpenings) {
        limit = "recursion";
        break;
      }
      this.#allowed++;
      limit = yield* this.#pass(start);
    }
    const putOff = this.#putOff;
    if (this.#isUndecided(limit)) limit = yield* this.#tabulate(start, row);
    const counts = { nodes: this.#nodes, backtracks: this.#backtracks };
    if (this.#solutions.size > 0) {
      const { order } = this.#options;
      const optimal = order !== "first" && limit === undefined && putOff === 0;
      return { kind: "found", plans: this.#solutions.plans, optimal, counts };
    }
    const { blockage } = this;
    if (limit !== undefined) return { kind: "limit", limit, blockage, counts };
    return { kind: "none", blockage: blockage ?? unexplained, counts };
  }

  /** Whether the search came to its end without a plan, but had put something off. */
  #isUndecided(limit: string | undefined): boolean {
    return limit === undefined && this.#solutions.size === 0 && this.#putOff > 0;
  }

  /** Decides by tables what the search had to leave open. */
  *#tabulate(start: Node, entries: readonly Entry[]): Turns<"nodes" | "time" | undefined> {
    const { maxNodes } = this.#options;
    const tables = new Tabling({
      expired: this.#expired,
      ways: (at, call) => this.#moves.ways({ ...start, ...at }, call),
      children: (call, method, frame) => this.#moves.children(call, method, frame, undefined),
      spent: () => {
        this.#nodes++;
        if (this.#nodes > maxNodes) return "nodes";
        return this.#late || (this.#isCheckDue && this.#expired()) ? "time" : undefined;
      },
      reached: ({ state, reused, fresh, steps }, deeds) => {
        this.#finish({
          ...start,
          state,
          reused,
          fresh,
          steps,
          deeds,
          agenda: new NothingLeft(this.#goals.none),
        });
        return this.#solutions.size > 0;
      },
    });
    return (yield* tables.run(start, entries)) ?? (this.#late ? "time" : undefined);
  }

  *#pass(start: Node): Turns<"nodes" | "time" | undefined> {
    const { best, order, guided } = this.#options;
    const seen = new Seen(best === 1 && order !== "duration");
    this.#seen = seen;
    this.#deadEnds = new DeadEnds();
    this.#putOff = 0;
    const frontier = guided
      ? new Nearest(({ node }) => this.#goals.lacking(node.state))
      : new Latest();
    this.#enter(start, frontier);
    for (let top = frontier.top(); top !== undefined; top = frontier.top()) {
      if (order === "first" && this.#solutions.size >= best) return undefined;
      this.#nodes++;
      if (this.#nodes > this.#options.maxNodes) return "nodes";
      if (this.#late) return "time";
      if (this.#isCheckDue) {
        if (this.#expired()) return "time";
        const ended = yield;
        if (ended !== undefined) return ended;
      }
      const next = this.#next(top);
      if (next === undefined) {
        frontier.pop();
        if (!guided) this.#deadEnds.end(top.attempt, frontier.top()?.attempt);
        this.#backtracks++;
        seen.leave(top, this.#solutions.offered);
      } else this.#enter(next, frontier);
    }
    return this.#late ? "time" : undefined;
  }

  /** Whether enough nodes have passed since the last question whether time is up. */
  get #isCheckDue(): boolean {
    if (this.#nodes < this.#nextCheck) return false;
    this.#nextCheck = this.#nodes + nodesPerCheck;
    return true;
  }

  /** Follows a node as far as there is only one way, and leaves its alternatives on the stack. */
  #enter(from: Node, frontier: Frontier): void {
    let node = from;
    for (;;) {
      node.agenda.arrivals++;
      if (this.#tooLate(node) || this.#isLost(node)) return this.#deadEnds.cut();
      if (node.agenda.empty) return this.#finish(node);
      const { ready } = node.agenda;
      const [only] = ready;
      if (ready.length > 1 || only === undefined || !this.#moves.isSimple(only)) {
        if (!this.#seen.isNew(node)) return this.#deadEnds.cut();
        frontier.push({
          node,
          ready,
          entry: 0,
          method: 0,
          cursor: undefined,
          reuseTried: false,
          attempt: this.#attempt(node, only),
          solutionsBefore: this.#solutions.offered,
          loopsBefore: this.#seen.loops,
        });
        return;
      }
      this.#nodes++;
      const next = this.#moves.follow(node, only);
      if (next === undefined) {
        this.#backtracks++;
        return;
      }
      node = next;
    }
  }

  /** Only where nothing but the facts decides what a task can come to is its failure worth remembering. */
  #attempt(node: Node, entry: Entry | undefined): Attempt {
    const { executed, barred } = this.#options;
    const decided = node.fresh === 2 || (executed === undefined && barred === undefined);
    const isTask = entry?.kind === "call" && entry.symbol.kind === "task" && entry.symbol.knot;
    if (!decided || !isTask || !this.#problem.sequential || this.#options.guided)
      return this.#deadEnds.begin(undefined, node.state, node.agenda);
    return this.#deadEnds.begin(entry, node.state, node.agenda.replace(entry, [], undefined));
  }

  /** Whether no plan through this node can be better than those found. */
  #tooLate(node: Node): boolean {
    if (this.#options.order === "first") return false;
    return node.value + node.agenda.bound >= this.#solutions.bar - tolerance;
  }

  /** Whether a goal does not hold that nothing left can bring about. */
  #isLost(node: Node): boolean {
    const { state, agenda, assured } = node;
    const condition = this.#goals.lost(state, agenda.reach, assured);
    if (condition === undefined) {
      node.assured = { state, reach: agenda.reach };
      return false;
    }
    this.#backtracks++;
    this.#block({ kind: "goal", condition, steps: node.steps, ended: agenda.empty });
    return true;
  }

  /** The next alternative of a choice. */
  #next(choice: Choice): Node | undefined {
    for (; choice.entry < choice.ready.length; this.#another(choice)) {
      const entry = choice.ready[choice.entry];
      if (entry === undefined) break;
      if (entry.kind !== "call" || this.#moves.isSimple(entry)) {
        if (choice.method++ > 0) continue;
        const next = this.#moves.follow(choice.node, entry);
        if (next !== undefined) return next;
      } else if (entry.symbol.kind === "action") {
        const next = this.#reuseOrAct(choice, entry);
        if (next !== undefined) return next;
      } else {
        const next = this.#decompose(choice, entry, entry.symbol.methods);
        if (next !== undefined) return next;
      }
    }
    return undefined;
  }

  #another(choice: Choice): void {
    choice.entry++;
    choice.method = 0;
    choice.cursor = undefined;
    choice.reuseTried = false;
  }

  /** Lets an executed step stand for the action first; then does it anew. */
  #reuseOrAct(choice: Choice, call: Call): Node | undefined {
    const { node } = choice;
    if (choice.method > 0) return undefined;
    if (!choice.reuseTried) {
      choice.reuseTried = true;
      const step = this.#moves.reusable(node, call);
      if (step !== undefined) return this.#moves.reuse(node, call, step);
    }
    choice.method++;
    return this.#moves.act(node, call);
  }

  #decompose(choice: Choice, call: Call, methods: readonly CompiledMethod[]): Node | undefined {
    const { node } = choice;
    const { symbol, args } = call;
    if (symbol.kind !== "task") return undefined;
    if (call.reuse && !choice.reuseTried) {
      choice.reuseTried = true;
      const way = begunWay(this.#options, this.#problem, node, call, methods);
      if (way !== undefined) return this.#moves.open(node, call, way.method, way.frame, way.begun);
    }
    if (choice.method === 0 && choice.cursor === undefined && symbol.knot) {
      const opened = openedBefore(call, node.state, this.#allowed);
      if (opened !== undefined) {
        this.#putOff++;
        this.#deadEnds.putOff(choice.attempt, opened);
        this.#block({ kind: "loop", call, steps: node.steps });
        return undefined;
      }
      if (this.#deadEnds.isKnown(choice.attempt, call.openings)) return undefined;
    }
    for (; choice.method < methods.length; choice.method++) {
      const method = methods[choice.method];
      if (method === undefined) break;
      if (choice.cursor === undefined) {
        const frame = frameFor(method, args);
        if (frame === undefined) continue;
        choice.cursor = new BindingCursor(method.program, node.state, frame, this.#expired);
      }
      if (choice.cursor.next())
        return this.#moves.open(node, call, method, [...choice.cursor.frame]);
      choice.cursor = undefined;
    }
    this.#block({ kind: "call", call, state: node.state, steps: node.steps });
    return undefined;
  }

  #finish(node: Node): void {
    for (const { condition, test } of this.#problem.goal) {
      if (test(node.state, [])) continue;
      this.#backtracks++;
      return this.#block({ kind: "goal", condition, steps: node.steps, ended: true });
    }
    const deeds: Deed[] = [];
    for (let each = node.deeds; each !== undefined; each = each.before) deeds.push(each);
    deeds.reverse();
    this.#solutions.offer(deeds, this.#options.evaluate?.(deeds) ?? node.value);
  }

  /** Keeps the blockage after the most steps, the first of its kind. */
  #block(stuck: Stuck): void {
    const further = this.#stuck === undefined || stuck.steps > this.#stuck.steps;
    const better =
      this.#stuck?.kind === "loop" && stuck.kind !== "loop" && stuck.steps === this.#stuck.steps;
    if (further || better) this.#stuck = stuck;
  }
}
