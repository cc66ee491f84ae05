import type { Agenda, Entry } from "./agenda.ts";
import type { BindingCursor } from "./binding-cursor.ts";
import type { Attempt } from "./dead-ends.ts";
import type { Assured } from "./goal-reach.ts";
import type { Deed } from "./search-types.ts";
import type { Situation } from "./tabling.ts";

/** A point of the search. Never changed in place. */
export interface Node extends Situation {
  readonly agenda: Agenda;
  readonly deeds: Deed | undefined;
  readonly value: number;
  /** The last point on the way here for which it is known that no goal is lost; filled in once. */
  assured: Assured | undefined;
}

/** A node with alternatives still to be tried. */
export interface Choice {
  readonly node: Node;
  readonly ready: readonly Entry[];
  entry: number;
  method: number;
  cursor: BindingCursor | undefined;
  /** Whether what is executed was tried for the current action or task. */
  reuseTried: boolean;
  readonly attempt: Attempt;
  readonly solutionsBefore: number;
  readonly loopsBefore: number;
}
