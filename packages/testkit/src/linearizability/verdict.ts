import type { Operation } from "./history.ts";

/** What ended a search before it knew: the `nodes` allowed, or `expired()`. */
export type SearchLimit = "nodes" | "expired";

/** An order of the operations explains what every caller was told. */
export interface Linearizable<Input, Output> {
  readonly linearizable: true;
  /** Such an order. Operations without a return are in it only where they must have happened. */
  readonly order: readonly Operation<Input, Output>[];
}

/** No order explains the history. */
export interface NotLinearizable<Input, Output> {
  readonly linearizable: false;
  /** The object at fault; undefined when the model has no partitions. */
  readonly partition: string | number | undefined;
  /** The longest order of that object's operations that gets as far as `unplaced`. */
  readonly partial: readonly Operation<Input, Output>[];
  /** The earliest return that no order explains together with all that returned before it. */
  readonly unplaced: Operation<Input, Output>;
}

/** The search met a limit first: neither accepted nor refused. */
export interface Undecided {
  readonly linearizable: undefined;
  readonly limit: SearchLimit;
  /** How many configurations were looked at. */
  readonly nodes: number;
}

/** What the checker found: an order in which everything fits, where there is none, or neither within its bound. */
export type Verdict<Input, Output> =
  | Linearizable<Input, Output>
  | NotLinearizable<Input, Output>
  | Undecided;
