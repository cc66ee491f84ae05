import type { Call, Entry } from "./agenda.ts";
import { BindingCursor } from "./binding-cursor.ts";
import type { Stuck } from "./blockage.ts";
import { boundValue, type Frame } from "./compiled-condition.ts";
import type { CompiledMethod, CompiledProblem, CompiledSymbol } from "./compiled-problem.ts";
import { isRefused, reusableStep } from "./earlier-steps.ts";
import type { GoalReach } from "./goal-reach.ts";
import { hashTuple, join, seedA, seedB } from "./hashing.ts";
import { leastWeights, stepWeight, weight } from "./lower-bounds.ts";
import type { Node } from "./node.ts";
import { openingsWithin } from "./openings.ts";
import type { Begun, Deed, SearchOptions } from "./search-types.ts";

/** What can follow from a node: a guard passed, an action applied or reused, a task decomposed. */
export class Moves {
  readonly #problem: CompiledProblem;
  readonly #options: SearchOptions;
  readonly #expired: () => boolean;
  readonly #stuck: (stuck: Stuck) => void;
  readonly #goals: GoalReach;
  readonly #least: ReadonlyMap<string, number>;
  #ids = 0;

  /**
   * @param expired whether time is up
   * @param stuck is told why a move cannot be made
   */
  constructor(
    problem: CompiledProblem,
    options: SearchOptions,
    expired: () => boolean,
    stuck: (stuck: Stuck) => void,
  ) {
    this.#problem = problem;
    this.#options = options;
    this.#expired = expired;
    this.#stuck = stuck;
    this.#goals = problem.reach;
    this.#least = leastWeights(problem.domain, options.order);
  }

  /** Entries that can be followed in one way only. */
  isSimple(entry: Entry): boolean {
    if (entry.kind !== "call") return true;
    return entry.symbol.kind === "action" && (!entry.reuse || entry.keep !== undefined);
  }

  /** Follows an entry that {@link isSimple}. `undefined`: it cannot be. */
  follow(node: Node, entry: Entry): Node | undefined {
    if (entry.kind === "call") return this.act(node, entry);
    if (!entry.test(node.state, [])) {
      this.#stuck({ kind: "guard", guard: entry, steps: node.steps });
      return undefined;
    }
    const agenda = node.agenda.replace(entry, [], undefined);
    const deeds: Deed = { kind: "pass", task: entry.task, before: node.deeds };
    return { ...node, agenda, deeds };
  }

  /** Applies an action. `undefined`: it is refused, or its preconditions do not hold. */
  act(node: Node, call: Call): Node | undefined {
    const { symbol, args, keep } = call;
    if (symbol.kind !== "action") return undefined;
    const names = () => this.#problem.symbols.names(args);
    if (isRefused(this.#options, node, symbol.name, names, keep !== undefined)) {
      this.#stuck({ kind: "refused", call, steps: node.steps });
      return undefined;
    }
    const frame = [...args];
    if (!new BindingCursor(symbol.program, node.state, frame, this.#expired).next()) {
      this.#stuck({ kind: "call", call, state: node.state, steps: node.steps });
      return undefined;
    }
    const state = this.#problem.apply(symbol, args, node.state);
    const changed = state.a !== node.state.a || state.b !== node.state.b;
    return {
      state,
      agenda: node.agenda.replace(call, [], undefined),
      deeds: { kind: "step", call, before: node.deeds },
      reused: node.reused,
      value: this.#add(
        node,
        stepWeight(this.#options.order, this.#problem, symbol, args, node.state),
      ),
      assured: node.assured,
      steps: node.steps + 1,
      fresh: keep !== undefined ? node.fresh : changed ? 2 : node.fresh === 0 ? 1 : node.fresh,
    };
  }

  #add(node: Node, more: number): number {
    return this.#options.order === "duration" ? Math.max(node.value, more) : node.value + more;
  }

  /** The executed step that may stand for an action, if there is one. */
  reusable(node: Node, { symbol, args }: Call): string | undefined {
    return reusableStep(this.#options, node, symbol.name, this.#problem.symbols.names(args));
  }

  /** Lets an executed step stand for an action. */
  reuse(node: Node, call: Call, step: string): Node {
    return {
      ...node,
      agenda: node.agenda.replace(call, [], undefined),
      deeds: { kind: "reuse", call, step, before: node.deeds },
      reused: { step, before: node.reused },
    };
  }

  /**
   * Decomposes a task by a method.
   *
   * @param begun the task that it goes on as, of an earlier plan
   */
  open(node: Node, call: Call, method: CompiledMethod, frame: Frame, begun?: Begun): Node {
    const openings = begun === undefined ? openingsWithin(call, node.state) : call.openings;
    const children = this.children(call, method, frame, openings);
    const { successProbability: probability } = method.method;
    const own = weight(this.#options.order, { cost: 0, probability, duration: 0 });
    const agenda = node.agenda.replace(
      call,
      children,
      method.method.sequential ? undefined : method.method.order,
    );
    const deed = { kind: "decompose", call, method, frame, children, before: node.deeds } as const;
    const value = this.#add(node, own);
    if (begun === undefined) return { ...node, agenda, deeds: deed, value };
    const reused = { step: begun.id, isTask: true, before: node.reused } as const;
    return { ...node, agenda, deeds: { ...deed, decidedAt: begun.at }, reused };
  }

  /** The calls that a method puts in the place of its task. */
  children(
    call: Call,
    method: CompiledMethod,
    frame: Frame,
    openings: Call["openings"],
  ): readonly Call[] {
    return method.subtasks.map(({ symbol, terms }) => {
      const args = terms.map((term) => boundValue(term, frame));
      return this.call(symbol, args, openings, undefined, call.reuse);
    });
  }

  /** A call as agendas hold it. */
  call(
    symbol: CompiledSymbol,
    args: readonly number[],
    openings: Call["openings"],
    keep: string | undefined,
    reuse: boolean,
  ): Call {
    const flag = (keep === undefined ? 0 : 1) + (reuse ? 2 : 0);
    return {
      kind: "call",
      id: this.#ids++,
      symbol,
      args,
      bound: keep === undefined && !reuse ? (this.#least.get(symbol.name) ?? 0) : 0,
      reach: this.#goals.of(symbol.name, args),
      openings,
      keep,
      reuse,
      a: join(hashTuple(seedA, symbol.id, args), flag),
      b: join(hashTuple(seedB, symbol.id, args), flag),
    };
  }

  /** All that can become of an action. */
  ways(node: Node, call: Call): readonly Node[] {
    const ways: Node[] = [];
    const step = call.reuse ? this.reusable(node, call) : undefined;
    if (step !== undefined) ways.push(this.reuse(node, call, step));
    const done = this.act(node, call);
    if (done !== undefined) ways.push(done);
    return ways;
  }
}
