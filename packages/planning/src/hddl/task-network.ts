import { type Atom, type Condition, conjuncts } from "../domain/condition.ts";
import { chain, type OrderPair, sequenceOf } from "../domain/ordering.ts";
import { HddlError } from "../errors.ts";
import { listAt, readFormula } from "./formula.ts";
import { found, type Items, type Syntax, type Word } from "./syntax.ts";
import { oneOf, type Vocabulary } from "./vocabulary.ts";

export interface TaskNetwork {
  readonly subtasks: readonly Atom[];
  readonly order: readonly OrderPair[];
  readonly constraints: readonly Condition[];
}

const networkKeywords = [
  ":subtasks",
  ":tasks",
  ":ordered-subtasks",
  ":ordered-tasks",
  ":ordering",
  ":order",
  ":constraints",
];

/** Reads subtasks, ordering and constraints, as many of them as there are. */
export function readTaskNetwork(
  items: Items,
  words: Vocabulary,
  scope: ReadonlySet<string>,
): TaskNetwork {
  const subtasks: Atom[] = [];
  const names = new Map<string, number>();
  let order: readonly OrderPair[] = [];
  const constraints: Condition[] = [];
  const { source } = items;
  const last = { keyword: undefined as Word | undefined };
  while (!items.done) {
    const next = items.peek();
    if (next?.kind !== "word" || !networkKeywords.includes(next.text.toLowerCase())) break;
    last.keyword = items.word("a keyword");
    const keyword = last.keyword.text.toLowerCase();
    const value = items.take(`the value of ${keyword}`);
    if (keyword === ":constraints") {
      constraints.push(...conjuncts(readFormula(value, words, scope, source)));
    } else if (keyword === ":ordering" || keyword === ":order") {
      order = [
        ...order,
        ...members(value, "<", source).map((each) => readPair(each, names, source)),
      ];
    } else {
      for (const each of members(value, undefined, source)) {
        const { name, call } = readSubtask(each, words, scope, source);
        if (name !== undefined) {
          if (names.has(name.text)) {
            throw new HddlError(source, name, "a name that no other subtask has", found(name));
          }
          names.set(name.text, subtasks.length);
        }
        subtasks.push(call);
      }
      if (keyword.startsWith(":ordered")) order = chain(subtasks.length);
    }
  }
  const sequence = sequenceOf(subtasks.length, order);
  if ("cycle" in sequence) {
    const circle = sequence.cycle.map((i) => subtasks[i]?.[0] ?? "").join(" < ");
    throw new HddlError(source, last.keyword ?? items.list, "an order without circle", circle);
  }
  return { subtasks, order, constraints };
}

/** `()`, `(and x y)` or a single `x`. */
function members(at: Syntax, single: string | undefined, source: string): readonly Syntax[] {
  const items = listAt(at, source, "'('");
  const first = items.peek();
  if (first === undefined) return [];
  if (first.kind === "word" && first.text.toLowerCase() === "and") {
    items.skip("and");
    return items.rest();
  }
  if (single !== undefined && first.kind === "list") return items.rest();
  return [at];
}

function readSubtask(
  at: Syntax,
  words: Vocabulary,
  scope: ReadonlySet<string>,
  source: string,
): { readonly name: Word | undefined; readonly call: Atom } {
  const items = listAt(at, source, "a subtask");
  const first = items.word("a task, or the name of a subtask");
  const next = items.peek();
  if (next?.kind !== "list") return { name: undefined, call: readCall(at, words, scope, source) };
  const call = readCall(items.take("a task"), words, scope, source);
  items.end();
  return { name: first, call };
}

/**
 * `(name term ...)`
 *
 * @param among the names that fit here, when not all actions and tasks do
 */
export function readCall(
  at: Syntax,
  words: Vocabulary,
  scope: ReadonlySet<string>,
  source: string,
  among?: ReadonlySet<string>,
): Atom {
  const items = listAt(at, source, "a task");
  const name = items.word(among === undefined ? "the name of an action or task" : "a task");
  const parameters = words.calls.get(name.text);
  if (parameters === undefined || among?.has(name.text) === false) {
    const expected =
      among === undefined ? oneOf("an action or task", words.calls.keys()) : oneOf("a task", among);
    throw new HddlError(source, name, expected, found(name));
  }
  return [name.text, ...words.terms(name, items, parameters.length, scope)];
}

/** `(< a b)` */
function readPair(at: Syntax, names: ReadonlyMap<string, number>, source: string): OrderPair {
  const items = listAt(at, source, "'(< a b)'");
  items.expect("<");
  const index = () => {
    const word = items.word("the name of a subtask");
    const known = names.get(word.text);
    if (known !== undefined) return known;
    throw new HddlError(source, word, oneOf("the name of a subtask", names.keys()), found(word));
  };
  const pair = [index(), index()] as const;
  items.end();
  return pair;
}
