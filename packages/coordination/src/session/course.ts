/**
 * The rules of one protocol in which somebody asks and parties answer, step by step: what is asked of whom, and
 * what follows from the answers. Pure: every function makes new values out of plain data.
 *
 * A `Session` adds what all such protocols share (one answer for each party and step, refusals with evidence), a
 * chair adds messages and time.
 */
export interface Course<State, Question, Answer, Outcome> {
  readonly start: State;
  /** Whom to ask what next, at least one party as long as there is no outcome. */
  readonly questions: (state: State) => ReadonlyMap<string, Question>;
  /** Whether the party may answer this; what it may not is refused, and the party counts as silent. */
  readonly fits: (state: State, party: string, answer: Answer) => boolean;
  /** Whether the step is decided before all who were asked have answered. Default: never. */
  readonly decided?: (answers: ReadonlyMap<string, Answer>) => boolean;
  /** What follows, from the answers in the order they came. Whoever is not among them was silent. */
  readonly settle: (state: State, answers: ReadonlyMap<string, Answer>) => State;
  /** How it ended; undefined as long as it goes on. */
  readonly outcome: (state: State) => Outcome | undefined;
}
