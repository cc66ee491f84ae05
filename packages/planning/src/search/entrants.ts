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
/** The same for the search in which tasks may alternate, whose nodes cost several times as much. */
const networkAllowance = 1 << 11;

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
  const first = soleEntrant(whole);
  const { sequential, reach } = whole.compiled;
  const guides = reach.size > 0;
  if (sequential) {
    const course = (of: Domain) => (): Course => {
      return { ...whole, compiled: new CompiledProblem(of, problem, true) };
    };
    const others = methodOrders(domain).map((of) => other(course(of), true));
    return [first, ...others, ...(guides ? [{ ...other(() => whole, true), guided: true }] : [])];
  }
  const pairs = whole.order ?? chain(problem.tasks.length);
  const inRow = (undecided: "listed" | "reversed"): readonly Entrant[] => {
    const { domain: row, ...how } = linearise(domain, problem.tasks, pairs, undecided);
    const course = (of: Domain) => (): Course => {
      return { ...how, compiled: new CompiledProblem(of, problem, true) };
    };
    const guided = { ...other(course(row), false), guided: true };
    const others = methodOrders(row).map((of) => other(course(of), false));
    return [other(course(row), false), ...others, ...(guides ? [guided] : [])];
  };
  const network = { ...first, allowance: networkAllowance };
  return [...inRow("listed"), network, ...inRow("reversed")];
}

function methodOrders(domain: Domain): readonly Domain[] {
  return (["first", "last"] as const).flatMap((where) => withRecursion(where, domain) ?? []);
}

function other(course: () => Course, complete: boolean): Entrant {
  return { course, allowance: otherAllowance, complete, guided: false };
}
