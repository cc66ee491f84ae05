import {
  type Clock,
  ensureError,
  type Journal,
  type Journaled,
  type Log,
  openJournaled,
  type Random,
  retryFenced,
} from "@troupe/actor";
import { type Experience, noExperience } from "@troupe/planning";
import { z } from "zod";
import { type Lesson, learn, lessonSchema } from "./lesson.ts";

/** Ended goals that are remembered, so that the end of one counts once although it is told twice. */
const rememberedGoals = 1000;
/** Lessons that are stored at once. */
const batchLimit = 100;
/** Lessons that wait to be stored; more are dropped, the oldest first. */
const waitingLimit = 10_000;
/** Task types that are kept; beyond them, those that were observed least recently go. */
const typeLimit = 5000;
/** How often lessons are tried to be stored while other nodes store theirs, and the longest pause between, milliseconds. */
const storeTries = 20;
const pauseMs = 50;
/** Records between two snapshots; older ones are removed. */
const snapshotEvery = 100;

/** What all nodes have learned of task types. */
export interface SharedExperience {
  /** What is known now, with what other nodes have stored. */
  read(): Promise<Experience>;
  /**
   * Stores what the end of a goal teaches; a goal that was told before is not counted again. Resolves when it is stored, or
   * when it could not be, which is logged: a lesson is not worth holding up a goal for. Does not reject.
   */
  add(lesson: Lesson): Promise<void>;
}

/** What experience is shared by. */
export interface SharedExperienceOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

const talliesSchema = z.record(
  z.string(),
  z.object({ succeeded: z.number(), failed: z.number(), asOf: z.number() }),
);
const stateSchema = z.object({
  experience: z.object({
    halfLifeMs: z.number().positive(),
    actions: talliesSchema,
    methods: talliesSchema,
  }),
  /** The latest goals that were learned from, oldest first. */
  goals: z.array(z.string()),
});
type State = z.output<typeof stateSchema>;
const recordSchema = z.object({ lessons: z.array(lessonSchema).min(1).max(batchLimit) });
type Stored = z.output<typeof recordSchema>;

/**
 * The experience of a cluster, kept in the journal as the entity `experience.tasks`: each node appends, behind the
 * entity's fence, what the goals that it ended teach. It survives restarts of all nodes, and is bounded: snapshots
 * take the place of records, and old observations fade and in the end leave.
 */
export function sharedExperience(options: SharedExperienceOptions): SharedExperience {
  const { random, clock, log } = options;
  let waiting: Lesson[] = [];
  let storing: Promise<void> | undefined;

  const storeSome = async (lessons: readonly Lesson[]): Promise<void> => {
    const between = { clock, random, mostMs: pauseMs };
    await retryFenced(
      async () => {
        const entity = await open(options);
        const known = new Set(entity.state.goals);
        const fresh = lessons.filter(({ goal }) => !known.has(goal));
        if (fresh.length > 0) await entity.append({ lessons: fresh });
      },
      { tries: storeTries, between },
    );
  };
  const storeAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const lessons = waiting.splice(0, batchLimit);
      try {
        await storeSome(lessons);
      } catch (thrown) {
        const goals = lessons.map(({ goal }) => goal);
        log("warn", "what goals taught could not be stored", { goals, error: ensureError(thrown) });
      }
    }
    storing = undefined;
  };
  return {
    read: async () => (await open(options)).state.experience,
    add: (lesson) => {
      waiting = [...waiting, lesson].slice(-waitingLimit);
      storing ??= storeAll();
      return storing;
    },
  };
}

function open({
  journal,
  clock,
  random,
  log,
}: SharedExperienceOptions): Promise<Journaled<State, Stored>> {
  return openJournaled<State, Stored>({
    journal,
    clock,
    random,
    log,
    kind: "experience",
    key: "tasks",
    record: recordSchema,
    version: 1,
    initial: { experience: noExperience(), goals: [] },
    apply: (state, { lessons }) => lessons.reduce(remember, state),
    snapshot: { schema: stateSchema, version: 1, every: snapshotEvery, retain: "uncovered" },
  });
}

function remember({ experience, goals }: State, lesson: Lesson): State {
  const after = learn(experience, lesson);
  const latest = Object.entries(after.actions)
    .sort(([, a], [, b]) => b.asOf - a.asOf)
    .slice(0, typeLimit);
  return {
    experience: {
      halfLifeMs: after.halfLifeMs,
      actions: Object.fromEntries(latest),
      methods: { ...after.methods },
    },
    goals: [...goals, lesson.goal].slice(-rememberedGoals),
  };
}
