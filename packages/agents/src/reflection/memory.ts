import { z } from "zod";

/** Episodes that are kept, and how many of the newest stay when there are more. */
const episodeLimit = 500;
const episodesAfterTrim = 400;
/** Adaptations that are remembered, in all situations together. */
const adaptationsKept = 200;
/** Adaptations that were withdrawn and are remembered. */
const withdrawnLimit = 50;

/** Ways of working that are changed at the same time, in one situation. */
export const adaptationLimit = 8;

/** One task that an agent has done, or failed to do, by methods of its own or by reasoning. */
const episodeSchema = z.object({
  /** What kind of work it was, as the agent tells kinds apart. */
  situation: z.string(),
  /** The methods that were tried, in order. Of one that reasons, one: the actions that it took, in words. */
  tried: z
    .array(z.object({ method: z.string(), ok: z.boolean(), durationMs: z.number() }))
    .min(1)
    .max(16),
  ok: z.boolean(),
  /** All of it. */
  durationMs: z.number(),
  /** Of an agent that reasons. */
  run: z
    .object({
      steps: z.number(),
      tokens: z.number(),
      actions: z
        .array(z.object({ action: z.string(), tries: z.number(), failed: z.number() }))
        .max(32),
    })
    .optional(),
});
export type Episode = z.output<typeof episodeSchema>;

/**
 * What is done otherwise: `begin-with` a method; and of agents that reason, `leave-for-last` an action, `follow` the
 * actions that led to success soonest, `expect` a number of steps.
 */
const kindSchema = z
  .enum(["begin-with", "leave-for-last", "follow", "expect"])
  .default("begin-with");
export type AdaptationKind = z.output<typeof kindSchema>;

/** How it went on the average. */
const measureSchema = z.object({
  durationMs: z.number(),
  success: z.number(),
  /** Of agents that reason. */
  steps: z.number().optional(),
});
export type Measure = z.output<typeof measureSchema>;

/** A change in how an agent works, and what it is measured by. */
const adaptationSchema = z.object({
  situation: z.string(),
  kind: kindSchema,
  /** What it is about: the method, the action, the actions in words, the number of steps. */
  method: z.string(),
  /** Stated with numbers, for people. */
  because: z.string(),
  /** How it was before: what it is held against. */
  before: measureSchema,
});
export type Adaptation = z.output<typeof adaptationSchema>;

export const memoryRecordSchema = z.discriminatedUnion("type", [
  episodeSchema.extend({ type: z.literal("episode") }),
  adaptationSchema.extend({ type: z.literal("adapted") }),
  z.object({
    type: z.literal("confirmed"),
    situation: z.string(),
    kind: kindSchema,
    /** What was stored before there were several kinds names none. */
    method: z.string().default(""),
    because: z.string(),
  }),
  z.object({
    type: z.literal("withdrawn"),
    situation: z.string(),
    kind: kindSchema,
    method: z.string(),
    because: z.string(),
  }),
]);
export type MemoryRecord = z.output<typeof memoryRecordSchema>;

/** What an agent remembers of its work. Plain data. */
export const memorySchema = z.object({
  episodes: z.array(episodeSchema.extend({ number: z.number() })),
  /** Episodes ever. */
  count: z.number(),
  /** By situation and what they are about. */
  adaptations: z.record(
    z.string(),
    adaptationSchema.extend({ since: z.number(), confirmed: z.boolean() }),
  ),
  withdrawn: z.array(
    z.object({ situation: z.string(), kind: kindSchema, method: z.string(), at: z.number() }),
  ),
});
export type Memory = z.output<typeof memorySchema>;

export const noMemory: Memory = { episodes: [], count: 0, adaptations: {}, withdrawn: [] };

/** What is done otherwise in a situation. */
export type ActiveAdaptation = Memory["adaptations"][string];

/** What is done otherwise in a situation, oldest first. */
export function adaptationsIn(memory: Memory, situation: string): readonly ActiveAdaptation[] {
  return Object.values(memory.adaptations)
    .filter((one) => one.situation === situation)
    .sort((a, b) => a.since - b.since);
}

/** The number of the last episode before the way of working in a situation changed; 0 when it never has. */
export function lastChange(memory: Memory, situation: string): number {
  const begun = adaptationsIn(memory, situation).map(({ since }) => since);
  const withdrawn = memory.withdrawn.filter((one) => one.situation === situation);
  return Math.max(0, ...begun, ...withdrawn.map(({ at }) => at));
}

/** Of methods one is begun with in each situation; other changes stand beside each other. */
function keyOf({ situation, kind, method }: Pick<Adaptation, "situation" | "kind" | "method">) {
  return kind === "begin-with" ? situation : JSON.stringify([situation, kind, method]);
}

/** The memory after one more record. Pure. */
export function remember(memory: Memory, record: MemoryRecord): Memory {
  const { count, adaptations } = memory;
  switch (record.type) {
    case "episode": {
      const { type: _type, ...episode } = record;
      const episodes = [...memory.episodes, { ...episode, number: count + 1 }];
      const kept = episodes.length > episodeLimit ? episodes.slice(-episodesAfterTrim) : episodes;
      return { ...memory, episodes: kept, count: count + 1 };
    }
    case "adapted": {
      const { type: _type, ...adaptation } = record;
      const active = { ...adaptation, since: count, confirmed: false };
      const all = Object.entries({ ...adaptations, [keyOf(record)]: active });
      const newest = all.sort(([, a], [, b]) => a.since - b.since).slice(-adaptationsKept);
      return { ...memory, adaptations: Object.fromEntries(newest) };
    }
    case "confirmed": {
      const active = adaptations[keyOf(record)];
      if (active === undefined) return memory;
      const confirmed = { ...active, confirmed: true };
      return { ...memory, adaptations: { ...adaptations, [keyOf(record)]: confirmed } };
    }
    case "withdrawn": {
      const { situation, kind, method } = record;
      const { [keyOf(record)]: _gone, ...rest } = adaptations;
      const withdrawn = [...memory.withdrawn, { situation, kind, method, at: count }];
      return { ...memory, adaptations: rest, withdrawn: withdrawn.slice(-withdrawnLimit) };
    }
  }
}
