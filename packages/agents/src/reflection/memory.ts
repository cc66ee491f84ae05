import { z } from "zod";

/** Episodes that are kept, and how many of the newest stay when there are more. */
const episodeLimit = 500;
const episodesAfterTrim = 400;
/** Adaptations that were withdrawn and are remembered. */
const withdrawnLimit = 50;

/** One task that an agent with several methods has done, or failed to do. */
const episodeSchema = z.object({
  /** What kind of work it was, as the agent tells kinds apart. */
  situation: z.string(),
  /** The methods that were tried, in order. */
  tried: z
    .array(z.object({ method: z.string(), ok: z.boolean(), durationMs: z.number() }))
    .min(1)
    .max(16),
  ok: z.boolean(),
  /** All of it. */
  durationMs: z.number(),
});
export type Episode = z.output<typeof episodeSchema>;

/** A change in how an agent works, and what it is measured by. */
const adaptationSchema = z.object({
  situation: z.string(),
  /** The method to begin with. */
  method: z.string(),
  /** Stated with numbers, for people. */
  because: z.string(),
  /** How it was before: what it is held against. */
  before: z.object({ durationMs: z.number(), success: z.number() }),
});
export type Adaptation = z.output<typeof adaptationSchema>;

export const memoryRecordSchema = z.discriminatedUnion("type", [
  episodeSchema.extend({ type: z.literal("episode") }),
  adaptationSchema.extend({ type: z.literal("adapted") }),
  z.object({
    type: z.literal("confirmed"),
    situation: z.string(),
    because: z.string(),
  }),
  z.object({
    type: z.literal("withdrawn"),
    situation: z.string(),
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
  /** By situation. */
  adaptations: z.record(
    z.string(),
    adaptationSchema.extend({ since: z.number(), confirmed: z.boolean() }),
  ),
  withdrawn: z.array(z.object({ situation: z.string(), method: z.string(), at: z.number() })),
});
export type Memory = z.output<typeof memorySchema>;

export const noMemory: Memory = { episodes: [], count: 0, adaptations: {}, withdrawn: [] };

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
      return { ...memory, adaptations: { ...adaptations, [record.situation]: active } };
    }
    case "confirmed": {
      const active = adaptations[record.situation];
      if (active === undefined) return memory;
      const confirmed = { ...active, confirmed: true };
      return { ...memory, adaptations: { ...adaptations, [record.situation]: confirmed } };
    }
    case "withdrawn": {
      const { situation, method } = record;
      const { [situation]: _gone, ...rest } = adaptations;
      const withdrawn = [...memory.withdrawn, { situation, method, at: count }];
      return { ...memory, adaptations: rest, withdrawn: withdrawn.slice(-withdrawnLimit) };
    }
  }
}
