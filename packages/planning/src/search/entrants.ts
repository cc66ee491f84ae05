import type { Domain } from "../domain/domain.ts";
import { chain } from "../domain/ordering.ts";
import type { PlanningProblem } from "../plan/problem.ts";
import { CompiledProblem } from "./compiled-problem.ts";
import { linearise } from "./linear-order.ts";
import { withRecursion } from "./method-order.ts";
import type { Course, Entrant } from "./portfolio.ts";
import { isSequential, orderOf } from "./task-order.ts";

/** Nodes that the search as the domain has it looks at before others have their turn. */
const firstAllowance = 1 << 15;
/** The same for each of the others. */
const otherAllowance = 1 << 13;

/** The search of the problem as it stands. */
export function wholeCourse(domain: Domain, problem: PlanningProblem): Course {
  const compiled = new CompiledProblem(domain, problem, isSequential(domain, problem));
  return { compiled, order: orderOf(problem), rows: new Map() };
}

/** The search of the problem as it stands, and no other. */
export function soleEntrant(whole: Course): Entrant {
  return { course: () => whole, allowance: firstAllowance, complete: true, guided: false };
}

/**
 * The searches for any plan that take turns: with methods in the order of the domain, and in others; and where tasks
 * may alternate, with everything in one row and then as it stands.
 *
 * @param whole the search of the problem as it stands
 */
export function entrantsFor(
  domain: Domain,
  problem: PlanningProblem,
  whole: Course,
): readonly Entrant[] {
  const { sequential } = whole.compiled;
  const listed = sequential
    ? { domain, order: whole.order, rows: whole.rows }
    : linearise(domain, problem.tasks, whole.order ?? chain(problem.tasks.length));
  const course = (of: Domain) => (): Course => {
    const compiled = new CompiledProblem(of, problem, true);
    return { compiled, order: listed.order, rows: listed.rows };
  };
  const others = (["first", "last"] as const).flatMap((where): Entrant[] => {
    const sorted = withRecursion(where, listed.domain);
    if (sorted === undefined) return [];
    return [{ course: course(sorted), allowance: otherAllowance, complete: sequential, guided: false }];
  });
  const first = soleEntrant(whole);
  if (whole.compiled.reach.size > 1) others.push({ course: sequential ? () => whole : course(listed.domain), allowance: otherAllowance, complete: sequential, guided: true });
  if (sequential) return [first, ...others];
  const row = { course: course(listed.domain), allowance: otherAllowance, complete: false, guided: false };
  return [row, { ...first, allowance: otherAllowance }, ...others];
}
