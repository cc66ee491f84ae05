import { type Actor, type ActorContext, defineActor, ensureError } from "@troupe/actor";
import { reportedMetrics } from "../metrics/reported-metrics.ts";
import type { Sample } from "../metrics/sample.ts";
import { type AlertBook, type AlertChange, alertsIn, emptyBook, lookAgain } from "./alert-book.ts";
import { type AlertMessages, alertProtocol } from "./alert-messages.ts";
import { findingsOf } from "./condition.ts";
import { Deliveries } from "./handlers/deliveries.ts";
import type { AlertHandler } from "./handlers/handler.ts";
import {
  type AlertOrder,
  type AlertOrdered,
  type AlertOrders,
  current,
  noOrders,
} from "./orders.ts";
import type { AlertRule, Condition } from "./rule.ts";
import { SeriesHistory } from "./series-history.ts";
import type { SharedOrders } from "./shared-orders.ts";

/** What is known after a look. */
export interface Seen {
  readonly book: AlertBook;
  readonly orders: AlertOrders;
  readonly history: SeriesHistory;
}

/** What a node's alerts are watched with. */
export interface AlertActorOptions {
  readonly rules: readonly AlertRule[];
  readonly handlers: readonly AlertHandler[];
  /** Seconds between two looks. */
  readonly every: number;
  /** What people say about alerts. */
  readonly orders: SharedOrders;
  /** Everything measured on this node, as it stands. */
  readonly collect: () => Promise<readonly Sample[]>;
  /** Whether this node looks at rules of the whole cluster now. */
  readonly leads: () => boolean;
  /** Told what there is after each look. */
  readonly looked?: (seen: Seen) => void;
}

/**
 * Looks at the alert rules of a node again and again, and has people told. Its memory of alerts is its own: after a
 * restart one that still holds fires and is told anew, unless people have silenced, acknowledged or resolved it, which is
 * stored. While that cannot be read, what was read last counts.
 */
export function alertActor(options: AlertActorOptions): Actor<AlertMessages> {
  return defineActor(alertProtocol, (context) => {
    const watch = new Watch(context, options);
    context.timers.every("look", options.every * 1000, "look", {});
    context.self.tell("look", {});
    context.onStop(() => watch.close());
    return {
      look: () => watch.look(),
      list: () => [...alertsIn(watch.book)],
      history: (): AlertChange[] => [...watch.book.history],
      order: (order) => watch.order(order),
    };
  });
}

class Watch {
  book: AlertBook = emptyBook;
  #orders: AlertOrders = noOrders;
  readonly #context: ActorContext<AlertMessages>;
  readonly #options: AlertActorOptions;
  readonly #deliveries: Deliveries;
  readonly #history: SeriesHistory;

  constructor(context: ActorContext<AlertMessages>, options: AlertActorOptions) {
    this.#context = context;
    this.#options = options;
    const { clock, log } = context;
    this.#deliveries = new Deliveries(options.handlers, { clock, log });
    const wanted = new Set(options.rules.flatMap(({ condition }) => metricsIn(condition)));
    this.#history = new SeriesHistory(
      lookedBack(options.rules),
      (metric) => wanted.has(metric) || reported.has(metric),
    );
  }

  async look(): Promise<void> {
    const { rules, leads, looked } = this.#options;
    const samples = await this.#collected();
    if (samples === undefined) return;
    const now = this.#context.clock.now();
    this.#history.add(samples, now);
    await this.#readOrders();
    const orders = current(this.#orders, now);
    const isLeading = leads();
    const { book, notices, gone } = lookAgain(this.book, {
      node: this.#context.node,
      rules: rules.filter(({ scope }) => scope === "node" || isLeading),
      findings: ({ condition }) => findingsOf(condition, this.#history, now),
      silences: orders.silences,
      marks: orders.marks,
      handlers: this.#deliveries.handlers,
      now,
    });
    this.book = book;
    for (const notice of notices) this.#deliveries.add(notice);
    looked?.({ book, orders, history: this.#history });
    if (gone.length > 0) await this.#forget(gone);
  }

  /** A look without measurements is left out: whatever fires goes on, and nothing is called over. */
  async #collected(): Promise<readonly Sample[] | undefined> {
    try {
      return await this.#options.collect();
    } catch (thrown) {
      this.#context.log("error", "alert rules could not be looked at", {
        error: ensureError(thrown),
      });
      return undefined;
    }
  }

  async order(order: AlertOrder): Promise<AlertOrdered> {
    const { node, clock, log } = this.#context;
    const { rules, orders } = this.#options;
    const alerts = new Set(Object.keys(this.book.held));
    try {
      const answer = await orders.give(order, { node, rules, alerts, now: clock.now() });
      if (answer.refused !== undefined) return answer;
      log("info", "people spoke about alerts", { order });
      await this.look();
      return answer;
    } catch (thrown) {
      const error = ensureError(thrown);
      log("error", "what people said about alerts could not be stored", { order, error });
      return { refused: `it could not be stored, try again: ${error.message}` };
    }
  }

  /** What was read last counts while nothing can be read. */
  async #readOrders(): Promise<void> {
    try {
      this.#orders = await this.#options.orders.read();
    } catch (thrown) {
      const error = ensureError(thrown);
      this.#context.log("warn", "what people said about alerts could not be read", { error });
    }
  }

  /** What fails is done at a later look. */
  async #forget(alerts: readonly string[]): Promise<void> {
    try {
      await this.#options.orders.forget(alerts);
    } catch (thrown) {
      const error = ensureError(thrown);
      this.#context.log("warn", "alerts that are gone are still marked", { alerts, error });
    }
  }

  close(): void {
    this.#deliveries.close();
  }
}

/** What reports look back at, whether rules do or not. */
const reported: ReadonlySet<string> = new Set(reportedMetrics);

/** How far rules look back at most, seconds; a report looks back an hour. */
function lookedBack(rules: readonly AlertRule[]): number {
  return Math.max(3600, ...rules.map(({ condition }) => condition.window + agoOf(condition)));
}

/** The metrics that a condition looks at; of parts of a histogram, the histogram. */
function metricsIn(condition: Condition): readonly string[] {
  const over = condition.type === "threshold" ? condition.over : undefined;
  const named = [condition.metric, ...(over === undefined ? [] : [over.metric])];
  return named.flatMap((metric) => [metric, metric.replace(/_(count|sum)$/, "")]);
}

function agoOf(condition: Condition): number {
  return condition.type === "threshold" ? (condition.over?.ago ?? 0) : 0;
}
