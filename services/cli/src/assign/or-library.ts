import type { CapacityProblem, CostMatrix } from "@troupe/coordination";
import { AssignmentFileError } from "../errors.ts";

/** Largest assignment, and most pairs of agent and task of a problem with capacities. */
const largest = 10_000;
const mostPairs = 10_000_000;
const mostProblems = 100_000;

/**
 * Reads an assignment problem as of J. E. Beasley's OR-Library: n, then n rows of n costs, separated by white space.
 *
 * @param file its name, for messages
 * @throws AssignmentFileError saying where, and what was expected
 */
export function readAssignment(text: string, file: string): CostMatrix {
  const numbers = new Numbers(text, file);
  const n = numbers.next("n, the number of agents and of tasks", 1, largest);
  const cells = new Float64Array(n * n);
  for (let at = 0; at < cells.length; at += 1) {
    cells[at] = numbers.next(
      () => `the cost of agent ${Math.floor(at / n) + 1} for task ${(at % n) + 1} of ${n}`,
    );
  }
  numbers.end(`the end, after ${n} rows of ${n} costs`);
  return { rows: n, columns: n, cells };
}

/**
 * Reads generalized assignment problems as of the OR-Library: their number, then each as the numbers m of agents and
 * n of tasks, m rows of n costs, m rows of n loads, and m capacities.
 *
 * @param file its name, for messages
 * @param maximise what stands there as costs are profits; they become costs below 0
 * @throws AssignmentFileError saying where, and what was expected
 */
export function readCapacityProblems(
  text: string,
  file: string,
  maximise = false,
): readonly CapacityProblem[] {
  const numbers = new Numbers(text, file);
  const count = numbers.next("the number of problems", 1, mostProblems);
  const problems: CapacityProblem[] = [];
  for (let problem = 1; problem <= count; problem += 1) {
    const agents = numbers.next(`the number of agents of problem ${problem}`, 1, mostPairs);
    const most = Math.floor(mostPairs / agents);
    const tasks = numbers.next(`the number of tasks of problem ${problem}`, 1, most);
    const table = (what: string, least?: number): Float64Array => {
      const cells = new Float64Array(agents * tasks);
      for (let at = 0; at < cells.length; at += 1) {
        cells[at] = numbers.next(
          () =>
            `the ${what} of agent ${Math.floor(at / tasks) + 1} for task ${(at % tasks) + 1} in problem ${problem}`,
          least,
        );
      }
      return cells;
    };
    const costs = table("cost").map((cost) => (maximise ? -cost : cost));
    const loads = table("load", 0);
    const capacities = Float64Array.from({ length: agents }, (_, agent) =>
      numbers.next(() => `the capacity of agent ${agent + 1} in problem ${problem}`, 0),
    );
    problems.push({ agents, tasks, costs, loads, capacities });
  }
  numbers.end(`the end, after ${count} problems`);
  return problems;
}

const space = 32;
const wholeNumber = /^[+-]?\d+(\.0*)?$/;

/** Whole numbers one after the other, with their places. */
class Numbers {
  readonly #text: string;
  readonly #file: string;
  #at = 0;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
  }

  /** @param what is expected here, for the message */
  next(
    what: string | (() => string),
    least = Number.MIN_SAFE_INTEGER,
    most = Number.MAX_SAFE_INTEGER,
  ): number {
    const begin = this.#skipSpace();
    while (this.#text.charCodeAt(this.#at) > space) this.#at += 1;
    const word = this.#text.slice(begin, this.#at);
    const value = Number(word);
    const isOne = wholeNumber.test(word) && Number.isSafeInteger(value);
    if (isOne && value >= least && value <= most) return value;
    const range = least === Number.MIN_SAFE_INTEGER ? "" : ` from ${least} to ${most}`;
    const expected = typeof what === "string" ? what : what();
    throw this.#wrong(begin, `${found(word)}, expected ${expected}: a whole number${range}`);
  }

  /** Nothing but white space may follow. */
  end(what: string): void {
    const begin = this.#skipSpace();
    const [word = ""] = this.#text.slice(begin, begin + 100).split(/\s/, 1);
    if (word !== "") throw this.#wrong(begin, `${found(word)}, expected ${what}`);
  }

  #skipSpace(): number {
    while (this.#text.charCodeAt(this.#at) <= space) this.#at += 1;
    return this.#at;
  }

  #wrong(at: number, why: string): AssignmentFileError {
    const before = this.#text.slice(0, at);
    const line = before.split("\n").length;
    const column = at - before.lastIndexOf("\n");
    return new AssignmentFileError(this.#file, `line ${line}, column ${column}`, why);
  }
}

/** Longest word that is repeated in a message. */
const longestWord = 40;

function found(word: string): string {
  if (word === "") return "the file ends";
  return `found '${word.length > longestWord ? `${word.slice(0, longestWord)}…` : word}'`;
}
