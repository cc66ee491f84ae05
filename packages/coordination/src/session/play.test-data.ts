import type { Course } from "./course.ts";

/**
 * Plays a course to its end without messages: each party answers every question at once, in the order in which it was
 * asked, or is silent.
 *
 * @returns the outcome, and how many steps it took
 */
export function play<State, Question, Answer, Outcome>(
  course: Course<State, Question, Answer, Outcome>,
  answer: (party: string, question: Question, step: number) => Answer | undefined,
): { readonly outcome: Outcome; readonly steps: number } {
  let state = course.start;
  for (let step = 1; step <= 100_000; step++) {
    const outcome = course.outcome(state);
    if (outcome !== undefined) return { outcome, steps: step - 1 };
    const answers = new Map<string, Answer>();
    const questions = course.questions(state);
    if (questions.size === 0) throw new Error("nobody is asked, and there is no outcome");
    for (const [party, question] of questions) {
      const said = answer(party, question, step);
      if (said === undefined || !course.fits(state, party, said)) continue;
      answers.set(party, said);
      if (course.decided?.(answers) === true) break;
    }
    state = course.settle(state, answers);
  }
  throw new Error("the course does not end");
}
