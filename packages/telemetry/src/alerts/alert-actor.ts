import { type Actor, type ActorContext, defineActor, ensureError } from "@troupe/actor";
import { reportedMetrics } from "../metrics/reported-metrics.ts";
import type { Sample } from "../metrics/sample.ts";
import {
  type AlertBook,
  type AlertChange,
  alertsIn,
  emptyBook,
  lookAgain,
  type Silence,
} from "./alert-book.ts";
import { type AlertMessages, alertProtocol } from "./alert-messages.ts";
import { findingsOf } from "./condition.ts";
import { Deliveries } from "./handlers/deliveries.ts";
import type { AlertHandler } from "./handlers/handler.ts";
import type { AlertRule, Condition } from "./rule.ts";
import { SeriesHistory } from "./series-history.ts";

/** Silences at once; more are refused. */
const silenceLimit = 200;

/** What is known after a look. */
export interface Seen {
  readonly book: AlertBook;
  readonly silences: readonly Silence[];
  readonly history: SeriesHistory;
}

export interface AlertActorOptions {
  readonly rules: readonly AlertRule[];
  readonly handlers: readonly AlertHandler[];
  /** Seconds between two looks. */
  readonly every: number;
  /** Everything measured on this node, as it stands. */
  readonly collect: () => Promise<readonly Sample[]>;
  /** Whether this node looks at rules of the whole cluster now. */
  readonly leads: () => boolean;
  /** Told what there is after each look. */
  readonly looked?: (seen: Seen) => void;
}

/**
 * Looks at the alert rules of a node again and again, and has people told. Its memory is its own: after a
 * restart an alert that still holds fires and is told anew.
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
      silences: () => [...watch.silences],
      silence: ({ seconds, ...silence }) => watch.silence(silence, seconds),
      unsilence: ({ id }) => watch.unsilence(id),
    };
  });
}

class Watch {
  book: AlertBook = emptyBook;
  silences: readonly Silence[] = [];
  readonly #context: ActorContext<AlertMessages>;
  readonly #options: AlertActorOptions;
  readonly #deliveries: Deliveries;
  readonly #history: SeriesHistory;
  #silenced = 0;

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
    this.silences = this.silences.filter(({ until }) => until > now);
    const isLeading = leads();
    const { book, notices } = lookAgain(this.book, {
      node: this.#context.node,
      rules: rules.filter(({ scope }) => scope === "node" || isLeading),
      findings: ({ condition }) => findingsOf(condition, this.#history, now),
      silences: this.silences,
      handlers: this.#deliveries.handlers,
      now,
    });
    this.book = book;
    for (const notice of notices) this.#deliveries.add(notice);
    looked?.({ book, silences: this.silences, history: this.#history });
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

  silence(
    silence: Omit<Silence, "id" | "until">,
    seconds: number,
  ): { readonly id?: string; readonly refused?: string } {
    const { rules } = this.#options;
    if (silence.rule !== "*" && !rules.some(({ name }) => name === silence.rule)) {
      return { refused: `there is no rule '${silence.rule}'` };
    }
    if (this.silences.length >= silenceLimit) {
      return { refused: `there are ${silenceLimit} silences already: end one first` };
    }
    this.#silenced += 1;
    const id = `s${this.#silenced}`;
    const until = this.#context.clock.now() + seconds * 1000;
    this.silences = [...this.silences, { ...silence, id, until }];
    return { id };
  }

  unsilence(id: string): boolean {
    const kept = this.silences.filter((silence) => silence.id !== id);
    const found = kept.length < this.silences.length;
    this.silences = kept;
    return found;
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
