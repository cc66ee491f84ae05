import { openPhases } from "@troupe/goals";
import type { NodeStatus } from "@troupe/telemetry";
import { z } from "zod";

/** Time between two points, milliseconds, and how many there are: an hour. */
const everyMs = 10_000;
const pointLimit = 360;
/** Nodes with a line of their own; of more, the first by name. */
const nodeLimit = 12;

/** What is drawn over time. */
const trendMetrics = ["waiting", "actors", "cpu", "memory", "goals", "score"] as const;
export type TrendMetric = (typeof trendMetrics)[number];

const valueSchema = z.number().nullable();
export const trendAnswerSchema = z.object({
  /** Milliseconds since the epoch, oldest first. */
  at: z.array(z.number()),
  /** One value for each of `at`; null: the node was not heard. */
  nodes: z.array(
    z.object({ node: z.string(), values: z.record(z.enum(trendMetrics), z.array(valueSchema)) }),
  ),
  /** Nodes without a line. */
  more: z.number(),
});
/** How nodes were over the last hour. */
export type TrendAnswer = z.output<typeof trendAnswerSchema>;

type Values = Readonly<Record<TrendMetric, number>>;

/** How nodes were, a point every ten seconds, for an hour. */
export class Trends {
  readonly #points: { readonly at: number; readonly nodes: ReadonlyMap<string, Values> }[] = [];

  /** Takes what nodes say now, unless it is too soon for another point. */
  take(nodes: readonly NodeStatus[], now: number): void {
    const last = this.#points.at(-1);
    if (last !== undefined && now - last.at < everyMs) return;
    const values = nodes.map((node) => [node.node, valuesOf(node)] as const);
    this.#points.push({ at: now, nodes: new Map(values) });
    if (this.#points.length > pointLimit) this.#points.shift();
  }

  answer(): TrendAnswer {
    const points = this.#points;
    const names = [...new Set(points.flatMap(({ nodes }) => [...nodes.keys()]))].sort();
    const series = (name: string, metric: TrendMetric): readonly (number | null)[] =>
      points.map(({ nodes }) => nodes.get(name)?.[metric] ?? null);
    const linesOf = (name: string) =>
      Object.fromEntries(trendMetrics.map((metric) => [metric, [...series(name, metric)]]));
    return {
      at: points.map(({ at }) => at),
      nodes: names.slice(0, nodeLimit).map((node) => ({
        node,
        values: linesOf(node) as TrendAnswer["nodes"][number]["values"],
      })),
      more: Math.max(0, names.length - nodeLimit),
    };
  }
}

function valuesOf({ actors, resources, goals, health }: NodeStatus): Values {
  return {
    waiting: actors.waiting,
    actors: actors.total,
    cpu: rounded(resources.cpu),
    memory: rounded(resources.memory),
    goals: openPhases.reduce((sum, phase) => sum + (goals[phase] ?? 0), 0),
    score: Math.round(health.score),
  };
}

function rounded(share: number): number {
  return Math.round(share * 1000) / 1000;
}
