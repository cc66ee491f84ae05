import {
  type Clock,
  ensureError,
  FencedError,
  type Journal,
  type Log,
  type OpenedJournaled,
  openJournaled,
  silentLog,
} from "@troupe/actor";
import type { AgentExperience } from "../react/agent-spec.ts";
import { episodeOfRun } from "./episode-of-run.ts";
import { habitsOf } from "./habits.ts";
import {
  type Episode,
  type Memory,
  type MemoryRecord,
  memoryRecordSchema,
  memorySchema,
  noMemory,
  remember,
} from "./memory.ts";
import { reflect } from "./reflect.ts";

/** Records after which the memory is stored whole, and older ones go. */
const snapshotEvery = 100;

type Store = OpenedJournaled<Memory, MemoryRecord, never>;

/** What a learner remembers with. */
export interface LearnerOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  /** Unique in the cluster, the same after each restart: letters, digits, '-' and '_'. */
  readonly agent: string;
  /** Default silent. */
  readonly log?: Log;
}

/**
 * What an agent learns from how its methods and its reasoning do, kept at `journal.reflection.<agent>` across restarts.
 *
 * Learning is not the work: what cannot be read or stored is logged, and the work goes on.
 */
export class Learner {
  readonly #options: LearnerOptions;
  #store: Promise<Store> | undefined;
  #memory: Memory = noMemory;
  /** What is being learned: one episode after the other, or two would draw the same conclusion. */
  #learning: Promise<void> = Promise.resolve();

  constructor(options: LearnerOptions) {
    this.#options = options;
  }

  /** The methods in the order in which to try them in a situation. Default: as they are given. */
  async order(situation: string, methods: readonly string[]): Promise<readonly string[]> {
    await this.#recall();
    const first = this.#memory.adaptations[situation]?.method;
    if (first === undefined || !methods.includes(first)) return methods;
    return [first, ...methods.filter((method) => method !== first)];
  }

  /** What runs of an agent that reasons begin with in a situation, and learn for the next ones. */
  experience(situation: string): AgentExperience {
    return {
      habits: async () => {
        await this.#recall();
        return habitsOf(this.#memory, situation);
      },
      learn: (run) => this.learn(episodeOfRun(situation, run)),
    };
  }

  /** Stores an episode, reflects on it, and applies what follows. */
  learn(episode: Episode): Promise<void> {
    this.#learning = this.#learning.then(() => this.#learn(episode));
    return this.#learning;
  }

  async #recall(): Promise<void> {
    await this.#safely(async () => {
      this.#memory = (await this.#open()).state;
    });
  }

  async #learn(episode: Episode): Promise<void> {
    const { agent, log = silentLog } = this.#options;
    await this.#safely(async () => {
      const store = await this.#open();
      this.#memory = await store.append({ type: "episode", ...episode });
      const { changes, analysis, trend } = reflect(this.#memory, episode);
      for (const change of changes) {
        this.#memory = await store.append(change);
        log("info", `an agent's way of working: ${change.type}`, {
          agent,
          ...change,
          last: analysis.summary,
          trend,
        });
      }
    });
  }

  #open(): Promise<Store> {
    const { agent, ...ports } = this.#options;
    this.#store ??= openJournaled<Memory, MemoryRecord>({
      ...ports,
      kind: "reflection",
      key: agent,
      record: memoryRecordSchema,
      version: 1,
      initial: noMemory,
      apply: remember,
      snapshot: { every: snapshotEvery, retain: "uncovered", version: 1, schema: memorySchema },
    });
    return this.#store;
  }

  async #safely(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      // Opened anew by whoever comes next: also another life of this agent may have written.
      this.#store = undefined;
      const { agent, log = silentLog } = this.#options;
      const level = thrown instanceof FencedError ? "info" : "warn";
      log(level, "what an agent has learned could not be stored", {
        agent,
        error: ensureError(thrown),
      });
    }
  }
}
