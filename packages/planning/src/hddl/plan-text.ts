import type { Task } from "../domain/condition.ts";
import { HddlError } from "../errors.ts";
import type { Plan } from "../plan/plan.ts";

/** A plan in the competition's format, as read from text. */
export interface PlanText {
  /** Actions by number, in the order of execution. */
  readonly steps: ReadonlyMap<number, Task>;
  readonly roots: readonly number[];
  /** Decomposed tasks by number. */
  readonly tasks: ReadonlyMap<
    number,
    { readonly task: Task; readonly method: string; readonly children: readonly number[] }
  >;
}

/** Prints a plan in the format of the International Planning Competition 2020. */
export function printPlan(plan: Plan): string {
  const numbers = new Map<string, number>();
  for (const { id } of [...plan.steps, ...plan.decomposition]) numbers.set(id, numbers.size);
  const number = (id: string) => String(numbers.get(id));
  const lines = ["==>"];
  for (const { id, action, args } of plan.steps)
    lines.push([number(id), action, ...args].join(" "));
  lines.push(["root", ...plan.roots.map(number)].join(" "));
  for (const { id, task, args, method, children } of plan.decomposition) {
    lines.push([number(id), task, ...args, "->", method, ...children.map(number)].join(" "));
  }
  lines.push("<==");
  return `${lines.join("\n")}\n`;
}

/**
 * Reads a plan in that format. What stands before `==>` and after `<==` is left aside.
 *
 * @throws HddlError with line and column
 */
export function readPlan(text: string, source = "plan"): PlanText {
  const steps = new Map<number, Task>();
  const tasks = new Map<number, { task: Task; method: string; children: readonly number[] }>();
  let roots: readonly number[] | undefined;
  let ended = false;
  const lines = text.split("\n");
  const begin = lines.findIndex((each) => each.trim() === "==>");
  if (begin < 0) {
    throw new HddlError(source, { line: 1, column: 1 }, "'==>'", "a text without it");
  }
  for (let i = begin + 1; i < lines.length; i++) {
    const words = [...(lines[i] ?? "").matchAll(/\S+/g)];
    const [first, ...rest] = words.map(([word]) => word);
    const fail = (at: number, expected: string): never => {
      const column = (words[at]?.index ?? (lines[i] ?? "").length) + 1;
      const found = words[at] === undefined ? "the end of the line" : `'${words[at][0]}'`;
      throw new HddlError(source, { line: i + 1, column }, expected, found);
    };
    const number = (at: number): number => {
      const word = words[at]?.[0] ?? "";
      const value = /^\d+$/.test(word) ? Number(word) : Number.NaN;
      return Number.isSafeInteger(value) ? value : fail(at, "a number");
    };
    if (first === undefined) continue;
    if (first === "<==") {
      ended = true;
      break;
    }
    if (first === "root") {
      if (roots !== undefined) fail(0, "only one line with the roots");
      roots = rest.map((_, at) => number(at + 1));
      continue;
    }
    const id = number(0);
    if (steps.has(id) || tasks.has(id)) fail(0, "a number that is not used yet");
    const arrow = rest.indexOf("->");
    const [name, ...args] = arrow < 0 ? rest : rest.slice(0, arrow);
    if (name === undefined) return fail(1, "an action or task");
    if (arrow < 0) steps.set(id, [name, ...args]);
    else {
      const method = rest[arrow + 1] ?? fail(arrow + 2, "the name of a method");
      const children = rest.slice(arrow + 2).map((_, at) => number(arrow + 3 + at));
      tasks.set(id, { task: [name, ...args], method, children });
    }
  }
  if (roots === undefined) {
    throw new HddlError(source, { line: lines.length, column: 1 }, "a line with 'root'", "none");
  }
  if (!ended) {
    throw new HddlError(source, { line: lines.length, column: 1 }, "'<=='", "the end of the text");
  }
  return { steps, roots, tasks };
}
