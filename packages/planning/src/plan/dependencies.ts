import type { Fact } from "../domain/condition.ts";
import { factKey, type Support } from "./facts.ts";
import type { CausalLink } from "./plan.ts";

/** What a step reads and writes, in plan order. */
export interface StepAccess {
  readonly needs: readonly Support[];
  /** Facts that are true afterwards because of it, whether they were before or not. */
  readonly adds: readonly Fact[];
  /** Facts that are false afterwards because of it. */
  readonly removes: readonly Fact[];
  /** What was seen to have changed from outside just before it. */
  readonly observed: readonly Support[];
  /** Tasks that are decomposed here because of facts; those above before those below. */
  readonly opens: readonly {
    readonly task: string;
    readonly needs: readonly Support[];
    readonly under: string | undefined;
  }[];
  /** The nearest such task above the step. */
  readonly under: string | undefined;
}

/** A stretch of the plan in which a fact does not change. */
interface Episode {
  readonly present: boolean;
  /** Steps that wrote the value, the first being the one that brought it about; -1 for the beginning. */
  readonly writers: number[];
  readonly readers: number[];
  /** Those of the stretch before that all writers must follow. */
  readonly before: readonly number[];
}

export interface Dependencies {
  readonly links: readonly {
    readonly from: number;
    readonly to: number;
    readonly fact: Fact;
    readonly present: boolean;
  }[];
  /** For each step those it must directly follow, in rising order. */
  readonly waits: readonly (readonly number[])[];
}

/** Above this many steps, dependencies that follow from others are left in. */
const reducedUpTo = 12_000;

/**
 * Takes the order out of a sequence of steps as far as the facts allow: a step must follow the one that
 * brought about a fact it needs, and one that changes a fact must follow those that need it as it was.
 * All steps of a decomposition follow those that made its method the right one.
 * Any order that keeps these dependencies is executable and ends in the same facts.
 *
 * @param declared further pairs `[earlier, later]`
 * @param last what is needed after the last step
 */
export function dependenciesOf(
  steps: readonly StepAccess[],
  initial: (fact: Fact) => boolean,
  declared: readonly (readonly [number, number])[],
  last: readonly Support[],
): Dependencies {
  const episodes = new Map<string, Episode>();
  const links: Dependencies["links"][number][] = [];
  const waits: (readonly number[])[] = [];
  const openings = new Map<string, readonly number[]>();
  const paths = steps.length > reducedUpTo ? undefined : new Paths(steps.length);
  const declaredBefore = new Map<number, number[]>();
  for (const [earlier, later] of declared) {
    const known = declaredBefore.get(later);
    if (known === undefined) declaredBefore.set(later, [earlier]);
    else known.push(earlier);
  }
  const episodeOf = (fact: Fact): Episode => {
    const key = factKey(fact);
    let episode = episodes.get(key);
    if (episode === undefined) {
      episode = { present: initial(fact), writers: [-1], readers: [], before: [] };
      episodes.set(key, episode);
    }
    return episode;
  };
  const source = ({ fact, present }: Support): number => {
    const episode = episodeOf(fact);
    return episode.present === present ? (episode.writers[0] ?? -1) : -1;
  };
  const write = (fact: Fact, present: boolean, writer: number): readonly number[] => {
    const episode = episodeOf(fact);
    if (episode.present === present) {
      episode.writers.push(writer);
      return episode.before;
    }
    const before = [...episode.writers, ...episode.readers];
    episodes.set(factKey(fact), { present, writers: [writer], readers: [], before });
    return before;
  };
  steps.forEach((step, i) => {
    for (const { fact, present } of step.observed) {
      episodes.set(factKey(fact), { present, writers: [-1], readers: [], before: [] });
    }
    for (const { task, needs, under } of step.opens) {
      const above = under === undefined || paths === undefined ? [] : (openings.get(under) ?? []);
      const all = new Set([...above, ...needs.map(source)]);
      all.delete(-1);
      openings.set(task, paths?.shorten(all) ?? [...all]);
    }
    const own = new Set<number>(step.under === undefined ? [] : openings.get(step.under));
    for (const need of step.needs) {
      const from = source(need);
      links.push({ from, to: i, ...need });
      own.add(from);
      const episode = episodeOf(need.fact);
      if (episode.present === need.present) episode.readers.push(i);
    }
    for (const fact of step.removes) for (const each of write(fact, false, i)) own.add(each);
    for (const fact of step.adds) for (const each of write(fact, true, i)) own.add(each);
    for (const each of declaredBefore.get(i) ?? []) own.add(each);
    own.delete(-1);
    own.delete(i);
    const direct = paths?.shorten(own) ?? [...own].sort((a, b) => a - b);
    paths?.add(i, direct);
    waits.push(direct);
  });
  for (const need of last) links.push({ from: source(need), to: steps.length, ...need });
  return { links, waits };
}

/** Which steps lie behind which, as bit sets. */
class Paths {
  readonly #words: number;
  readonly #behind: Uint32Array;

  constructor(steps: number) {
    this.#words = (steps + 31) >>> 5;
    this.#behind = new Uint32Array(this.#words * steps);
  }

  /** Leaves out the steps that lie behind others of the set. In rising order. */
  shorten(all: ReadonlySet<number>): readonly number[] {
    const descending = [...all].sort((a, b) => b - a);
    const kept: number[] = [];
    for (const each of descending) {
      if (!kept.some((later) => this.#has(later, each))) kept.push(each);
    }
    return kept.reverse();
  }

  add(step: number, direct: readonly number[]): void {
    const words = this.#words;
    const own = this.#behind.subarray(step * words, (step + 1) * words);
    for (const each of direct) {
      for (let word = 0; word < words; word++) {
        own[word] = (own[word] ?? 0) | (this.#behind[each * words + word] ?? 0);
      }
      own[each >>> 5] = (own[each >>> 5] ?? 0) | (1 << (each & 31));
    }
  }

  #has(later: number, earlier: number): boolean {
    const word = this.#behind[later * this.#words + (earlier >>> 5)] ?? 0;
    return ((word >>> (earlier & 31)) & 1) === 1;
  }
}

/** Links between step numbers as links between step names. */
export function namedLinks(
  links: Dependencies["links"],
  ids: readonly string[],
): readonly CausalLink[] {
  const seen = new Set<string>();
  return links.flatMap(({ from, to, fact, present }) => {
    const key = `${from} ${to} ${present} ${factKey(fact)}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ from: ids[from] ?? "initial", to: ids[to] ?? "goal", fact, present }];
  });
}
