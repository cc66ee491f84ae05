import type { Domain, Fact, PlanningProblem } from "@troupe/planning";

/** A domain with problems of it, and what can go wrong in its world. */
export interface Case {
  readonly name: string;
  readonly domain: Domain;
  readonly problems: readonly { readonly name: string; readonly problem: PlanningProblem }[];
  /** Actions that may turn out never to work with some arguments, since there may be another way. Others fail only for a time. */
  readonly refusable: ReadonlySet<string>;
  /** Actions that only keep the domain's books: they never fail, and are no work. */
  readonly bookkeeping: ReadonlySet<string>;
  /** Predicates of those books. Whoever plans from scratch begins with empty ones. */
  readonly books: ReadonlySet<string>;
  /** What may happen in a world by itself. */
  readonly events: (facts: readonly Fact[]) => readonly WorldEvent[];
}

/** Facts change, and nobody did it. */
export interface WorldEvent {
  readonly removed: readonly Fact[];
  readonly added: readonly Fact[];
}
