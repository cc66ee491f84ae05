import { z } from "zod";

import { quantileOf } from "../alerts/quantile.ts";
import type { Selection } from "../alerts/rule.ts";
import { increase, mean, type SeriesHistory } from "../alerts/series-history.ts";

/** What performance is told of, by how it is shown. */
const units = [
  "per minute",
  "per second",
  "seconds",
  "share",
  "bytes",
  "points",
  "cost",
  "tokens",
] as const;

export const indicatorSchema = z.object({
  name: z.string(),
  unit: z.enum(units),
  /** Over the last window; undefined: nothing of the kind happened. */
  value: z.number().optional(),
  /** Over the window before it. */
  before: z.number().optional(),
  /** `unknown` without both values; `steady` when they differ by less than a tenth. */
  trend: z.enum(["better", "worse", "steady", "unknown"]),
});
/** One number about how a node does, and where it goes. */
export type Indicator = z.output<typeof indicatorSchema>;

interface Definition {
  readonly name: string;
  readonly unit: Indicator["unit"];
  /** Which way is better. */
  readonly better: "up" | "down";
  readonly measure: (look: Look) => number | undefined;
}

interface Look {
  readonly history: SeriesHistory;
  readonly from: number;
  readonly to: number;
}

/** A difference up to this share of the earlier value is none. */
const steadyShare = 0.1;

const definitions: readonly Definition[] = [
  {
    name: "goals ended",
    unit: "per minute",
    better: "up",
    measure: (look) => per(60, grown(look, "troupe_goals_ended_total"), look),
  },
  {
    name: "goals failed",
    unit: "share",
    better: "down",
    measure: (look) => shareOf(look, "troupe_goals_ended_total", { outcome: "failed" }),
  },
  ...quantiles("goal duration", "troupe_goal_duration_seconds"),
  {
    name: "tasks done",
    unit: "per minute",
    better: "up",
    measure: (look) => per(60, grown(look, "troupe_tasks_ended_total", { outcome: "done" }), look),
  },
  {
    // Of all the work that was given out: what came of it, instead of being done again elsewhere.
    name: "coordination efficiency",
    unit: "share",
    better: "up",
    measure: (look) => shareOf(look, "troupe_tasks_ended_total", { outcome: "done" }),
  },
  ...quantiles("task duration", "troupe_task_duration_seconds"),
  {
    name: "auctions won",
    unit: "share",
    better: "up",
    measure: (look) => shareOf(look, "troupe_auctions_total", { outcome: "won" }),
  },
  {
    name: "auctions awarded again",
    unit: "share",
    better: "down",
    measure: (look) =>
      divided(
        grown(look, "troupe_auctions_reawarded_total") ?? 0,
        grown(look, "troupe_auctions_total"),
      ),
  },
  ...quantiles("auction latency", "troupe_auction_duration_seconds"),
  {
    name: "votes decided",
    unit: "share",
    better: "up",
    measure: (look) => shareOf(look, "troupe_votes_total", { outcome: "decided" }),
  },
  {
    name: "messages handled",
    unit: "per second",
    better: "up",
    measure: (look) => per(1, grown(look, "troupe_messages_handled_total"), look),
  },
  {
    name: "messages failed",
    unit: "share",
    better: "down",
    measure: (look) =>
      divided(
        grown(look, "troupe_handler_failures_total") ?? 0,
        grown(look, "troupe_messages_handled_total"),
      ),
  },
  ...quantiles("time in mailbox", "troupe_mailbox_wait_seconds"),
  ...quantiles("handler time", "messaging_process_duration_seconds"),
  ...quantiles("journal append", "troupe_journal_append_duration_seconds"),
  gauge("processor use", "share", "process_cpu_utilization_ratio"),
  gauge("memory use", "share", "troupe_process_memory_utilization_ratio"),
  gauge("event loop lag", "seconds", "troupe_eventloop_lag_seconds"),
  { ...gauge("health score", "points", "troupe_health_score"), better: "up" },
  {
    name: "model cost",
    unit: "cost",
    better: "down",
    measure: (look) => grown(look, "troupe_model_cost_total"),
  },
  {
    name: "model tokens",
    unit: "tokens",
    better: "down",
    measure: (look) => grown(look, "gen_ai_client_token_usage_sum"),
  },
];

/**
 * How a node does: over the last `windowMs` milliseconds, against the same time before.
 *
 * @param history what its metrics were
 */
export function performanceOf(
  history: SeriesHistory,
  now: number,
  windowMs: number,
): readonly Indicator[] {
  return definitions.map(({ name, unit, better, measure }) => {
    const value = measure({ history, from: now - windowMs, to: now });
    const before = measure({ history, from: now - 2 * windowMs, to: now - windowMs });
    return {
      name,
      unit,
      ...(value === undefined ? {} : { value }),
      ...(before === undefined ? {} : { before }),
      trend: trendOf(value, before, better),
    };
  });
}

function trendOf(
  value: number | undefined,
  before: number | undefined,
  better: "up" | "down",
): Indicator["trend"] {
  if (value === undefined || before === undefined) return "unknown";
  if (Math.abs(value - before) <= steadyShare * Math.abs(before)) return "steady";
  return value > before === (better === "up") ? "better" : "worse";
}

function quantiles(name: string, metric: string): readonly Definition[] {
  return [50, 95, 99].map((percent) => ({
    name: `${name} p${percent}`,
    unit: "seconds",
    better: "down",
    measure: ({ history, from, to }) =>
      quantileOf(percent / 100, history.select(selection(metric)), from, to),
  }));
}

function gauge(name: string, unit: Indicator["unit"], metric: string): Definition {
  return {
    name,
    unit,
    better: "down",
    measure: ({ history, from, to }) => {
      const [series] = history.select(selection(metric));
      return series && mean(series, from, to);
    },
  };
}

function selection(metric: string, where: Selection["where"] = {}): Selection {
  return { metric, where, except: {} };
}

function grown(
  { history, from, to }: Look,
  metric: string,
  where: Selection["where"] = {},
): number | undefined {
  const increases = history
    .select(selection(metric, where))
    .flatMap((series) => increase(series, from, to) ?? []);
  return increases.length === 0 ? undefined : increases.reduce((sum, one) => sum + one, 0);
}

function shareOf(look: Look, metric: string, where: Selection["where"]): number | undefined {
  return divided(grown(look, metric, where) ?? 0, grown(look, metric));
}

function divided(part: number, all: number | undefined): number | undefined {
  return all === undefined || all === 0 ? undefined : part / all;
}

function per(seconds: number, count: number | undefined, { from, to }: Look): number | undefined {
  return count === undefined ? undefined : (count * seconds * 1000) / (to - from);
}
