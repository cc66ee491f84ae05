import {
  type Condition,
  conjuncts,
  type Fact,
  type Parameter,
  type Task,
} from "../domain/condition.ts";
import { type DomainParts, domainOf, methodOf } from "../domain/define-domain.ts";
import type { Action, CompoundTask, Domain, Method } from "../domain/domain.ts";
import { type OrderPair, sequenceOf } from "../domain/ordering.ts";
import type { PlanningProblem } from "../plan/problem.ts";
import { type Effects, readAtom, readEffects, readFormula } from "./formula.ts";
import { Items, type List, readSyntax } from "./syntax.ts";
import { readCall, readTaskNetwork } from "./task-network.ts";
import { Vocabulary } from "./vocabulary.ts";

/** A planning problem with its domain, as read from text. */
export interface HddlInput {
  readonly domain: Domain;
  readonly problem: PlanningProblem;
}

/** Name of the task that stands above a problem's tasks when these have variables or constraints. */
const topTask = "__top";
const topMethod = "__top_method";

/**
 * Reads an HDDL domain and problem: the language of the hierarchical tracks of the International Planning
 * Competition 2020, total and partial order. Requirements are read and not enforced; a task's own
 * precondition and effect are read and not used; so is a metric.
 *
 * @param names what errors call the two texts
 * @throws HddlError with line, column and what was expected
 */
export function readHddl(
  domainText: string,
  problemText: string,
  names: { readonly domain?: string; readonly problem?: string } = {},
): HddlInput {
  const words = new Vocabulary();
  const reader = new HddlReader(words);
  const domain = reader.domain(domainText, names.domain ?? "domain");
  return reader.problem(problemText, names.problem ?? "problem", domain);
}

type Section = { readonly keyword: string; readonly items: Items };

class HddlReader {
  readonly #words: Vocabulary;

  constructor(words: Vocabulary) {
    this.#words = words;
  }

  domain(text: string, source: string): DomainParts {
    const words = this.#words;
    const { name, sections } = open(text, source, "domain");
    const of = (keyword: string) => sections.filter((each) => each.keyword === keyword);
    for (const { items } of of(":types")) words.readTypes(items);
    for (const { items } of of(":constants")) words.readObjects(items, words.constants);
    for (const { items } of of(":predicates")) {
      for (const each of items.rest()) {
        const own = new Items(listOf(each, items, "a predicate"), source);
        const predicate = own.word("the name of a predicate");
        words.predicates.set(
          predicate.text,
          words.readParameters(own).map((parameter) => parameter.type),
        );
      }
    }
    const bodies = sections.filter(({ keyword }) =>
      [":action", ":task", ":method"].includes(keyword),
    );
    const methods = new Set<string>();
    const named = bodies.map(({ keyword, items }) => {
      const word = items.word("a name");
      items.expect(":parameters");
      const parameters = words.readParameters(new Items(items.takeList("the parameters"), source));
      if (keyword === ":method") {
        if (methods.has(word.text)) items.fail(word, "a name that no other method has");
        methods.add(word.text);
      } else {
        if (keyword === ":task") words.tasks.add(word.text);
        if (words.calls.has(word.text)) items.fail(word, "a name that is not declared yet");
        words.calls.set(word.text, parameters);
      }
      return { keyword, items, name: word.text, parameters };
    });
    const known = [":requirements", ":types", ":constants", ":predicates", ":functions"];
    for (const { keyword, items } of sections) {
      if (known.includes(keyword) || [":action", ":task", ":method"].includes(keyword)) continue;
      items.fail(items.list, `one of ${[...known, ":task", ":action", ":method"].join(", ")}`);
    }
    const all = <T>(keyword: string, read: (each: (typeof named)[number]) => T): readonly T[] =>
      named.filter((each) => each.keyword === keyword).map(read);
    return {
      name,
      types: words.types,
      constants: words.constants,
      predicates: words.predicates,
      actions: all(":action", (each) => this.#action(each.name, each.parameters, each.items)),
      tasks: all(":task", ({ name: task, parameters, items }): CompoundTask => {
        while (items.skip(":precondition", ":effect")) items.take("a condition or effect");
        items.end();
        return { name: task, parameters };
      }),
      methods: all(":method", (each) => this.#method(each.name, each.parameters, each.items)),
    };
  }

  #action(name: string, parameters: readonly Parameter[], items: Items): Action {
    const scope = scopeOf(parameters);
    const effects: Effects = { add: [], remove: [], cost: undefined };
    const preconditions: Condition[] = [];
    while (!items.done) {
      if (items.skip(":precondition")) {
        const at = items.take("a condition");
        preconditions.push(...conjuncts(readFormula(at, this.#words, scope, items.source)));
      } else {
        items.expect(":effect");
        readEffects(items.take("an effect"), this.#words, scope, items.source, effects);
      }
    }
    return {
      name,
      parameters,
      preconditions,
      add: effects.add,
      remove: effects.remove,
      duration: 0,
      cost: effects.cost ?? 1,
      successProbability: 1,
      resources: {},
      priority: 0,
    };
  }

  #method(name: string, parameters: readonly Parameter[], items: Items): Method {
    const scope = scopeOf(parameters);
    const words = this.#words;
    items.expect(":task");
    const task = readCall(items.take("a task"), words, scope, items.source, words.tasks);
    const preconditions: Condition[] = [];
    if (items.skip(":precondition")) {
      const at = items.take("a condition");
      preconditions.push(...conjuncts(readFormula(at, words, scope, items.source)));
    }
    const network = readTaskNetwork(items, words, scope);
    items.end();
    return networkMethod(
      name,
      task,
      parameters,
      [...preconditions, ...network.constraints],
      network,
    );
  }

  problem(text: string, source: string, parts: DomainParts): HddlInput {
    const words = this.#words;
    const { sections } = open(text, source, "problem");
    const facts: Fact[] = [];
    const goal: Condition[] = [];
    let htn: Items | undefined;
    for (const { keyword, items } of sections) {
      if (keyword === ":objects") words.readObjects(items, words.objects);
    }
    for (const { keyword, items } of sections) {
      switch (keyword) {
        case ":init":
          for (const each of items.rest()) {
            const own = new Items(listOf(each, items, "a fact"), source);
            if (own.skip("=", "not")) continue;
            facts.push(readAtom(each, words, new Set(), source));
          }
          break;
        case ":goal":
          goal.push(...conjuncts(readFormula(items.take("a condition"), words, new Set(), source)));
          items.end();
          break;
        case ":htn":
          htn = items;
          break;
        case ":domain":
        case ":objects":
        case ":requirements":
        case ":metric":
          break;
        default:
          items.fail(items.list, "one of :domain, :objects, :htn, :init, :goal");
      }
    }
    const objects = Object.fromEntries(words.objects);
    const top = htn === undefined ? undefined : this.#top(htn);
    if (top === undefined)
      return { domain: domainOf(parts), problem: { facts, goal, objects, tasks: [] } };
    const { network, parameters } = top;
    if (parameters.length === 0 && network.constraints.length === 0) {
      const tasks = network.subtasks satisfies readonly Task[];
      const sequence = sequenceOf(tasks.length, network.order);
      const inOrder = !("cycle" in sequence) && sequence.unique && isRising(network.order);
      const ordering = inOrder ? "sequence" : network.order;
      return { domain: domainOf(parts), problem: { facts, goal, objects, tasks, ordering } };
    }
    const method = networkMethod(topMethod, [topTask], parameters, network.constraints, network);
    const domain = domainOf({
      ...parts,
      tasks: [...parts.tasks, { name: topTask, parameters: [] }],
      methods: [...parts.methods, method],
    });
    return { domain, problem: { facts, goal, objects, tasks: [[topTask]] } };
  }

  #top(items: Items) {
    const given = items.skip(":parameters");
    const parameters = given
      ? this.#words.readParameters(new Items(items.takeList("the parameters"), items.source))
      : [];
    const network = readTaskNetwork(items, this.#words, scopeOf(parameters));
    items.end();
    return { network, parameters };
  }
}

/** `(define (kind name) section ...)` */
function open(text: string, source: string, kind: "domain" | "problem") {
  const items = new Items(readSyntax(text, source), source);
  items.expect("define");
  const head = new Items(items.takeList(`'(${kind} name)'`), source);
  head.expect(kind);
  const name = head.word("a name").text;
  head.end();
  const sections = items.rest().map((each): Section => {
    const own = new Items(listOf(each, items, "a section"), source);
    return { keyword: own.word("a keyword").text.toLowerCase(), items: own };
  });
  return { name, sections };
}

function listOf(each: ReturnType<Items["take"]>, items: Items, expected: string): List {
  if (each.kind === "word") items.fail(each, expected);
  return each;
}

function scopeOf(parameters: readonly Parameter[]): ReadonlySet<string> {
  return new Set(parameters.map((each) => each.name));
}

function isRising(order: readonly OrderPair[]): boolean {
  return order.every(([earlier, later]) => earlier < later);
}

function networkMethod(
  name: string,
  task: Method["task"],
  parameters: readonly Parameter[],
  preconditions: readonly Condition[],
  { subtasks, order }: { subtasks: Method["subtasks"]; order: readonly OrderPair[] },
): Method {
  const sequence = sequenceOf(subtasks.length, order);
  const total = !("cycle" in sequence) && sequence.unique;
  return methodOf({
    name,
    task,
    parameters,
    preconditions,
    subtasks,
    order,
    strictOrder: total ? [] : order,
    successProbability: 1,
  });
}
