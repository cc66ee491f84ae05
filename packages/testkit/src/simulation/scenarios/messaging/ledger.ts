import type { SimulatedNode } from "../../node.ts";
import type { World } from "../../world.ts";

/** An ask as it was made. */
export interface Asked {
  readonly question: string;
  readonly node: string;
  readonly life: number;
  readonly withinMs: number;
  /** Whether its path comes back to an actor that waits. */
  readonly circular: boolean;
  /** Whether it was made when no faults were left, so that it has to succeed. */
  readonly owed: boolean;
  /** How long the asking process has slept, then and now. */
  readonly pausedMs: () => number;
}

interface Open extends Asked {
  readonly at: number;
  readonly pausedBefore: number;
}

interface Watch {
  readonly key: string;
  readonly watched: SimulatedNode;
  readonly life: number;
}

/** Deadlines are kept to a slot of ten milliseconds, by a clock that drifts. */
const slackMs = 50;
const driftAllowed = 0.03;

/** What was sent and what came, as somebody sees it who is told of everything. */
export class MessageLedger {
  readonly #world: World;
  readonly #open = new Map<string, Open>();
  readonly #handled = new Map<string, number>();
  readonly #numbers = new Map<string, number>();
  readonly #lastSeen = new Map<string, number>();
  readonly #owed = new Set<string>();
  readonly #watches = new Map<string, Watch>();
  readonly #told = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
  }

  /** The next number from one sender to one receiver. */
  number(from: string, to: string, owed: boolean): number {
    const pair = `${from} ${to}`;
    const number = (this.#numbers.get(pair) ?? 0) + 1;
    this.#numbers.set(pair, number);
    if (owed) this.#owed.add(`${pair} ${number}`);
    return number;
  }

  /** A numbered message came: a number seen before is a repeat, a smaller one is out of order. */
  noted(from: string, to: string, number: number): void {
    const pair = `${from} ${to}`;
    const last = this.#lastSeen.get(pair) ?? 0;
    this.#world.trace.add("noted", pair, number);
    this.#world.require(
      number !== last,
      "a message is handled at most once",
      () => `${pair} ${number} twice`,
    );
    this.#world.require(
      number >= last,
      "messages of a pair keep their order",
      () => `${pair} ${number} after ${last}`,
    );
    this.#lastSeen.set(pair, number);
    this.#owed.delete(`${pair} ${number}`);
  }

  asked(ask: Asked): void {
    const at = this.#world.clock.monotonic();
    this.#open.set(ask.question, { ...ask, at, pausedBefore: ask.pausedMs() });
  }

  /** A question reached its handler. */
  handled(question: string): void {
    const times = (this.#handled.get(question) ?? 0) + 1;
    this.#handled.set(question, times);
    this.#world.require(times === 1, "a message is handled at most once", () => question);
  }

  /** @param outcome the answer, or `!` and the stage at which the ask died */
  ended(question: string, outcome: string): void {
    const { trace, clock } = this.#world;
    trace.add("outcome", question, outcome);
    const ask = this.#open.get(question);
    if (ask === undefined) {
      this.#world.violate("an ask has one outcome", `${question}: ${outcome}`);
      return;
    }
    this.#open.delete(question);
    const took = clock.monotonic() - ask.at - (ask.pausedMs() - ask.pausedBefore);
    const bound = ask.withinMs * (1 + driftAllowed) + slackMs;
    this.#world.require(
      took <= bound,
      "an ask ends in time",
      () => `${question} took ${took} ms of ${ask.withinMs}`,
    );
    this.#judge(ask, outcome);
  }

  #judge(ask: Asked, outcome: string): void {
    const { question } = ask;
    const times = this.#handled.get(question) ?? 0;
    const wrong = (invariant: string): void =>
      this.#world.violate(invariant, `${question}: ${outcome}, handled ${times} times`);
    if (outcome === question && times !== 1) wrong("an answer was made by a handler");
    if (outcome === "!unreachable" && times !== 0 && !this.#isLeaving(ask.node))
      wrong("what was unreachable was not handled");
    const isCycle = outcome.startsWith("!cycle");
    if (!outcome.startsWith("!") && outcome !== question) wrong("an answer is to its question");
    if (isCycle && !ask.circular) wrong("only a circle is called one");
    if (ask.circular && outcome === question) wrong("a circle of asks gets no answer");
    if (ask.owed && !(ask.circular ? isCycle : outcome === question)) {
      wrong("without faults an ask gets its answer");
    }
  }

  /** A node that stops gives up its asks, handled or not. */
  #isLeaving(name: string): boolean {
    return this.#world.nodes.some((node) => node.name === name && node.isLeaving);
  }

  /** A watch begins, in place of the pair's earlier one. */
  watches(pair: string, key: string, watched: SimulatedNode | undefined): void {
    this.#world.trace.add("watch", key);
    if (watched !== undefined) {
      this.#watches.set(pair, { key, watched, life: watched.life.number });
    }
  }

  /** A watcher was told. `watch` names the call of `watch`. */
  told(watch: string): void {
    const times = (this.#told.get(watch) ?? 0) + 1;
    this.#told.set(watch, times);
    this.#world.trace.add("told", watch);
    this.#world.require(times === 1, "a watcher is told once", () => watch);
  }

  /** What is owed has to have happened by now. */
  end(): void {
    const lifeOf = (node: string) =>
      this.#world.nodes.find(({ name }) => name === node)?.life.number;
    for (const [pair, { key, watched, life }] of this.#watches) {
      const [watcher = "", of] = pair.split(">")[0]?.split(".") ?? [];
      if (String(lifeOf(watcher)) !== of || watched.life.number === life) continue;
      this.#world.require(
        this.#told.has(key),
        "a watcher is told of the end of whom it watches",
        () => key,
      );
    }
    for (const { question, node, life } of this.#open.values()) {
      this.#world.require(
        lifeOf(node) !== life,
        "every ask ends",
        () => `${question} is still open`,
      );
    }
    for (const message of this.#owed) {
      this.#world.violate("without faults a message arrives", message);
    }
  }
}
