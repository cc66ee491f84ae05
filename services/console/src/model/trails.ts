import type { GoalTrails } from "@troupe/goals";
import { z } from "zod";

/** Records that are read of a goal's agents: some 500 steps. */
export const trailRecords = 1000;
/** Steps told of one agent, the newest. */
const stepLimit = 100;
/** Characters of a thought, an input or an observation. */
const textLimit = 3000;

const spentSchema = z.object({ calls: z.number(), tokens: z.number(), cost: z.number() });

export const trailAnswerSchema = z.object({
  trails: z.array(
    z.object({
      task: z.string(),
      agent: z.string().optional(),
      /** How many agents are above it. */
      depth: z.number(),
      beganAt: z.number(),
      lastAt: z.number(),
      resumed: z.number(),
      /** Steps before those that are told. */
      earlier: z.number(),
      steps: z.array(
        z.object({
          number: z.number(),
          at: z.number(),
          thought: z.string(),
          action: z.string(),
          /** JSON, cut off where it is long; so are observations and results. */
          input: z.string(),
          mind: z.string().optional(),
          model: z.string().optional(),
          took: spentSchema,
          observed: z
            .object({
              ok: z.boolean(),
              text: z.string(),
              quality: z.number(),
              durationMs: z.number(),
            })
            .optional(),
        }),
      ),
      /** How it was kept from going round in circles; `after`: the steps before. */
      interventions: z.array(
        z.object({
          at: z.number(),
          after: z.number(),
          why: z.string(),
          advice: z.array(z.string()),
        }),
      ),
      spent: spentSchema,
      end: z.object({ at: z.number(), ok: z.boolean(), text: z.string() }).optional(),
    }),
  ),
  /** There is more than is told: `troupe trail` shows all. */
  more: z.boolean(),
});
/** What agents that reason did for a goal, as text that fits a page. */
export type TrailAnswer = z.output<typeof trailAnswerSchema>;

type Trail = GoalTrails["trails"][number];

/** What agents did, made short enough for a page. Pure. */
export function trailAnswer({ trails, more }: GoalTrails): TrailAnswer {
  return { trails: trails.map(shortTrail), more };
}

function shortTrail(trail: Trail): TrailAnswer["trails"][number] {
  const { task, agent, depth, beganAt, lastAt, resumed, steps, interventions, spent, end } = trail;
  return {
    task,
    ...(agent === undefined ? {} : { agent }),
    depth,
    beganAt,
    lastAt,
    resumed,
    earlier: Math.max(0, steps.length - stepLimit),
    steps: steps.slice(-stepLimit).map(shortStep),
    interventions: interventions.map(({ at, after, why, advice }) => ({
      at,
      after,
      why: cut(why),
      advice: advice.map(cut),
    })),
    spent,
    ...(end === undefined ? {} : { end: shortEnd(end) }),
  };
}

function shortStep({
  number,
  decidedAt,
  thought,
  action,
  input,
  mind,
  model,
  took,
  observed,
}: Trail["steps"][number]): TrailAnswer["trails"][number]["steps"][number] {
  return {
    number,
    at: decidedAt,
    thought: cut(thought),
    action,
    input: textOf(input),
    ...(mind === undefined ? {} : { mind }),
    ...(model === undefined ? {} : { model }),
    took,
    ...(observed === undefined
      ? {}
      : {
          observed: {
            ok: observed.ok,
            text: textOf(observed.observation),
            quality: observed.quality,
            durationMs: observed.durationMs,
          },
        }),
  };
}

function shortEnd(end: NonNullable<Trail["end"]>): { at: number; ok: boolean; text: string } {
  const { at } = end;
  if ("result" in end) return { at, ok: true, text: textOf(end.result) };
  return { at, ok: false, text: cut(`${end.stop.code}: ${end.stop.message}`) };
}

function textOf(value: unknown): string {
  return cut(typeof value === "string" ? value : (JSON.stringify(value, null, 2) ?? ""));
}

function cut(text: string): string {
  return text.length <= textLimit ? text : `${text.slice(0, textLimit)}…`;
}
