import type { Domain, Fact, PlanStep, Task } from "@troupe/planning";
import type { Case, WorldEvent } from "./case.ts";

/** What came of a step that was tried. */
export type Attempt =
  | { readonly kind: "done" }
  /** It does not work, now and for ever. */
  | { readonly kind: "refused" }
  /** It did not work this time; mostly because something has happened. */
  | { readonly kind: "disturbed" };

/** Actions that never work in one world: more would leave no way at all in most of them. */
const mostRefusals = 3;

/**
 * A world in which actions fail. Whether the n-th try of an action with its arguments fails is settled by the seed
 * alone, so that all who answer failures in their own way have the same luck with the same things.
 */
export class World {
  readonly #case: Case;
  readonly #domain: Domain;
  readonly #seed: number;
  readonly #probability: number;
  readonly #facts = new Map<string, Fact>();
  readonly #tries = new Map<string, number>();
  readonly refused: Task[] = [];

  constructor(from: Case, facts: readonly Fact[], seed: number, probability: number) {
    this.#case = from;
    this.#domain = from.domain;
    this.#seed = seed;
    this.#probability = probability;
    for (const each of facts) this.#facts.set(keyOf(each), each);
  }

  get facts(): readonly Fact[] {
    return [...this.#facts.values()];
  }

  /** @param busy what the running step deals with: nothing happens to that */
  attempt(step: PlanStep, busy: readonly string[]): Attempt {
    const key = keyOf([step.action, ...step.args]);
    const count = (this.#tries.get(key) ?? 0) + 1;
    this.#tries.set(key, count);
    const luck = (what: string) => uniform(`${this.#seed} ${what} ${key} ${count}`);
    if (this.#case.bookkeeping.has(step.action) || luck("fails") >= this.#probability) {
      this.apply(step);
      return { kind: "done" };
    }
    const possible = this.#case.events(this.facts).filter((event) => !touches(event, busy));
    const event = possible[Math.floor(luck("which") * possible.length)];
    const mayRefuse = this.#case.refusable.has(step.action) && this.refused.length < mostRefusals;
    if (mayRefuse && luck("kind") < 0.5) {
      this.refused.push([step.action, ...step.args]);
      return { kind: "refused" };
    }
    for (const fact of event?.removed ?? []) this.#facts.delete(keyOf(fact));
    for (const fact of event?.added ?? []) this.#facts.set(keyOf(fact), fact);
    return { kind: "disturbed" };
  }

  apply({ action: name, args }: Pick<PlanStep, "action" | "args">): void {
    const action = this.#domain.actions.get(name);
    const bound = new Map(action?.parameters.map((each, i) => [each.name, args[i] ?? ""]));
    const ground = ([predicate, ...terms]: Fact): Fact => [
      predicate,
      ...terms.map((term) => bound.get(term) ?? term),
    ];
    for (const each of action?.remove ?? []) this.#facts.delete(keyOf(ground(each)));
    for (const each of action?.add ?? []) this.#facts.set(keyOf(ground(each)), ground(each));
  }
}

function touches({ removed, added }: WorldEvent, objects: readonly string[]): boolean {
  return [...removed, ...added].some(([, ...args]) => args.some((each) => objects.includes(each)));
}

/** A fact, or an action with its arguments, as a key. */
export function keyOf(fact: Fact): string {
  return fact.join(" ");
}

/** A number from 0 to 1 that depends on the text alone: FNV-1a, then mixed as in MurmurHash3. */
function uniform(text: string): number {
  let hash = 2_166_136_261;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16_777_619);
  hash = Math.imul(hash ^ (hash >>> 16), 2_246_822_507);
  hash = Math.imul(hash ^ (hash >>> 13), 3_266_489_909);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
