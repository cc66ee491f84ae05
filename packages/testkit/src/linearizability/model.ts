/**
 * The sequential specification that a history is checked against.
 *
 * States are values: `step` returns new ones and never changes the one it is given.
 */
export interface Model<State, Input, Output> {
  /** The state before the first operation, of every partition. */
  readonly initial: State;
  /**
   * Every state in which the operation may leave the object: none when the object cannot answer
   * `output` in this state, several when the specification leaves a choice.
   *
   * @param output what the caller was told; undefined when it is not known, so that every answer
   *   has to be reckoned with
   */
  step(state: State, input: Input, output: Output | undefined): readonly State[];
  /**
   * The independent object the operation is on, such as the key of a map. Linearizability is
   * local, so that each is checked alone: far cheaper. Default: one object.
   */
  partition?(input: Input): string | number;
  /**
   * True only for what changes no state whatsoever when `output` is its answer, such as a read or a
   * refusal. Such operations cost the search almost nothing. Default: nothing is known to be so.
   */
  isReadOnly?(input: Input, output: Output | undefined): boolean;
  /**
   * What tells states apart: equal for two states exactly when the same may follow both. Default:
   * the value itself for scalars, {@link canonicalKey} for the rest.
   */
  key?(state: State): string | number;
}

/** A value that `===` compares; the models here hold such values. */
export type Scalar = string | number | boolean | null;
