import { byzantineMutants } from "./byzantine-mutants.ts";
import { conferenceMutants } from "./conference-mutants.ts";
import { conversationMutants } from "./conversation-mutants.ts";
import { agreementMutants, coordinationMutants } from "./coordination-mutants.ts";
import { decisionLogMutants } from "./decision-log-mutants.ts";
import { delegationMutants } from "./delegation-mutants.ts";
import { liarMutants } from "./liar-mutants.ts";
import { replanningMutants } from "./replanning-mutants.ts";
import { runtimeMutants } from "./runtime-mutants.ts";

/** A bug to plant: in the file, the text `search`, which stands there once, becomes `replace`. */
export interface Mutant {
  /** What is wrong with it. */
  readonly bug: string;
  /** Relative to the folder of the packages. */
  readonly file: string;
  readonly search: string;
  readonly replace: string;
  /** The scenario that has to find it. */
  readonly scenario: string;
}

/** Bugs as they are made. Each has to be found within a thousand seeds. */
export const mutants: readonly Mutant[] = [
  ...runtimeMutants,
  ...coordinationMutants,
  ...delegationMutants,
  ...conversationMutants,
  ...agreementMutants,
  ...byzantineMutants,
  ...decisionLogMutants,
  ...replanningMutants,
  ...conferenceMutants,
  ...liarMutants,
];
