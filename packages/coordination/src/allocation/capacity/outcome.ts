/** What `solveWithCapacities` has found. */
export type CapacityOutcome = {
  /** No placement costs less; an integer, as costs are. */
  readonly bound: number;
  /** Rounds of prices that were held. */
  readonly rounds: number;
} & (
  | {
      readonly feasible: true;
      /** By task: who does it. */
      readonly agentOf: readonly number[];
      readonly cost: number;
      /** The cost is the bound: nothing better exists. */
      readonly optimal: boolean;
    }
  | {
      /** None was found in which every task is done and nobody overloaded. */
      readonly feasible: false;
      /** There is none. Otherwise there may be one that was not found. */
      readonly proved: boolean;
    }
);
