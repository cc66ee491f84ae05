import {
  type Actor,
  type ActorContext,
  defineActor,
  defineProtocol,
  message,
  query,
} from "@troupe/actor";
import { z } from "zod";
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
import { findingsOf } from "./condition.ts";
import { Deliveries } from "./handlers/deliveries.ts";
import type { AlertHandler } from "./handlers/handler.ts";
import { type AlertRule, type Condition, severitySchema } from "./rule.ts";
import { SeriesHistory } from "./series-history.ts";

/** Silences at once; more are refused. */
const silenceLimit = 200;
/** Longest silence, seconds. */
const longestSilence = 30 * 86_400;

export const alertSchema = z.object({
  id: z.string(),
  rule: z.string(),
  node: z.string(),
  state: z.enum(["pending", "firing", "resolved"]),
  severity: severitySchema,
  labels: z.record(z.string(), z.string()),
  value: z.number(),
  summary: z.string(),
  runbook: z.string().optional(),
  since: z.number(),
  firedAt: z.number().optional(),
  resolvedAt: z.number().optional(),
  silenced: z.boolean(),
  escalations: z.number(),
});

export const alertChangeSchema = z.object({
  at: z.number(),
  change: z.enum(["fired", "escalated", "resolved"]),
  id: z.string(),
  rule: z.string(),
  severity: severitySchema,
  value: z.number(),
});

const silenceSchema = z.object({
  id: z.string(),
  rule: z.string(),
  labels: z.record(z.string(), z.string()),
  until: z.number(),
  by: z.string(),
  reason: z.string(),
});

export const alertProtocol = defineProtocol("alerts", {
  /** The actor's own: time to look at the rules again. */
  look: message(z.object({})),
  /** What fires or is about to, worst first. */
  list: query(z.object({}), z.array(alertSchema)),
  /** Changes remembered, oldest first. */
  history: query(z.object({}), z.array(alertChangeSchema)),
  silences: query(z.object({}), z.array(silenceSchema)),
  /** Nobody is told of such alerts for so many seconds. Answers the silence's id, or why there is none. */
  silence: query(
    z.object({
      rule: z.string(),
      labels: z.record(z.string(), z.string()).default({}),
      seconds: z.number().min(1).max(longestSilence),
      by: z.string().max(200),
      reason: z.string().max(1000),
    }),
    z.object({ id: z.string().optional(), refused: z.string().optional() }),
  ),
  /** Ends a silence. False when there is none with that id. */
  unsilence: query(z.object({ id: z.string() }), z.boolean()),
});
export type AlertMessages = typeof alertProtocol.messages;

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
  readonly looked?: (book: AlertBook, history: SeriesHistory) => void;
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
    const { rules, collect, leads, looked } = this.#options;
    const samples = await collect();
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
    looked?.(book, this.#history);
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
