import type { Clock } from "@troupe/actor";
import { type Estimate, type Experience, estimate, learn, noExperience } from "../experience.ts";

/** How long what was learned waits to be kept with what is learned meanwhile, milliseconds. */
const keepAfterMs = 20_000;
/** As how many tasks all that was learned in earlier lives counts: what was wrong then may be mended. */
const rememberedTasks = 10;

/** Where what a worker has learned outlives it. Neither method throws. */
export interface SkillStore {
  /** By task type; nothing where nothing is kept. */
  load(): Promise<Readonly<Record<string, Experience>>>;
  save(experience: Readonly<Record<string, Experience>>): Promise<void>;
}

/** What a worker knows of its own speed and success, by task type. */
export class Skills {
  readonly #clock: Clock;
  readonly #store: SkillStore | undefined;
  readonly #known = new Map<string, Experience>();
  #cancel: (() => void) | undefined;

  /**
   * @param signal ends the keeping: what was learned in the last twenty seconds is lost then
   * @param store default: what is learned goes with the worker
   */
  constructor(clock: Clock, signal: AbortSignal, store: SkillStore | undefined) {
    this.#clock = clock;
    this.#store = store;
    signal.addEventListener("abort", () => this.#cancel?.(), { once: true });
  }

  /** Remembers what earlier lives learned of these types, but for what has been learned since. */
  async recall(types: ReadonlySet<string>): Promise<void> {
    const kept = (await this.#store?.load()) ?? {};
    for (const [type, experience] of Object.entries(kept)) {
      if (types.has(type) && !this.#known.has(type)) this.#known.set(type, remembered(experience));
    }
  }

  /** @param quality expected before anything is known, 0 to 1 */
  expect(type: string, bytes: number, quality: number | undefined): Estimate {
    return estimate(this.#known.get(type) ?? noExperience, bytes, quality);
  }

  learn(type: string, outcome: Parameters<typeof learn>[1]): void {
    this.#known.set(type, learn(this.#known.get(type) ?? noExperience, outcome));
    if (this.#cancel !== undefined || this.#store === undefined) return;
    this.#cancel = this.#clock.schedule(keepAfterMs, () => void this.#keep());
  }

  async #keep(): Promise<void> {
    this.#cancel = undefined;
    await this.#store?.save(Object.fromEntries(this.#known));
  }
}

function remembered(experience: Experience): Experience {
  const { succeeded, failed } = experience;
  const part = Math.min(1, rememberedTasks / Math.max(1, succeeded + failed));
  return { ...experience, succeeded: succeeded * part, failed: failed * part };
}
