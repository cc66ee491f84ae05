import { checkDomain } from "./check-domain.ts";
import { type Atom, isVariable, type Parameter, readParameter } from "./condition.ts";
import type {
  ActionDefinition,
  AnyDomainDefinition,
  DomainDefinition,
  MethodDefinition,
  TaskDefinition,
} from "./definition.ts";
import type { Action, CompoundTask, Domain, Method } from "./domain.ts";
import { chain, type OrderPair, sequenceOf } from "./ordering.ts";

/**
 * Builds a planning domain from plain data and checks it.
 *
 * Task and action names and their numbers of arguments in methods are also checked by the compiler.
 *
 * @throws DomainError naming the place: an unknown predicate, action, task, type or variable, a wrong number of
 * arguments, a circular ordering, a probability outside 0..1, a negative duration or cost
 */
export function defineDomain<
  const Actions extends Readonly<Record<string, ActionDefinition>>,
  const Tasks extends Readonly<Record<string, TaskDefinition>> = Readonly<Record<never, never>>,
>(definition: DomainDefinition<Actions, Tasks>): Domain {
  return buildDomain(definition as unknown as AnyDomainDefinition);
}

/** {@link defineDomain} for definitions that were not written by hand, so that no compiler has seen them. */
export function buildDomain(definition: AnyDomainDefinition): Domain {
  const actions = Object.entries(definition.actions).map(([name, each]) => action(name, each));
  const tasks = Object.entries(definition.tasks ?? {}).map(([name, each]) => compound(name, each));
  const methods = Object.entries(definition.methods ?? {}).map(([name, each]) =>
    method(name, each, definition),
  );
  return domainOf({
    name: definition.name,
    types: relation(definition.types),
    constants: relation(definition.constants),
    ...(definition.predicates === undefined
      ? {}
      : {
          predicates: new Map(
            Object.entries(definition.predicates).map(([name, parameters]) => [
              name,
              parameters.map((each) => readParameter(each).type),
            ]),
          ),
        }),
    actions,
    tasks,
    methods,
  });
}

/** A domain's parts before they are checked against each other. */
export interface DomainParts
  extends Pick<Domain, "name" | "types" | "constants" | "methods">,
    Partial<Pick<Domain, "predicates">> {
  readonly actions: readonly Action[];
  readonly tasks: readonly CompoundTask[];
}

/**
 * Puts a domain together and checks it.
 *
 * @throws DomainError
 */
export function domainOf(parts: DomainParts): Domain {
  const methodsByTask = new Map<string, Method[]>();
  for (const each of parts.methods) {
    const [task] = each.task;
    const known = methodsByTask.get(task);
    if (known === undefined) methodsByTask.set(task, [each]);
    else known.push(each);
  }
  const domain = {
    name: parts.name,
    types: parts.types,
    constants: parts.constants,
    actions: new Map(parts.actions.map((each) => [each.name, each])),
    tasks: new Map(parts.tasks.map((each) => [each.name, each])),
    methods: parts.methods,
    methodsByTask,
  };
  const closed = parts.predicates !== undefined;
  return { ...domain, closed, predicates: checkDomain(domain, parts.predicates) };
}

function relation(entries: AnyDomainDefinition["types"]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    Object.entries(entries ?? {}).map(([name, of]) => [
      name,
      of === null ? [] : typeof of === "string" ? [of] : of,
    ]),
  );
}

function action(name: string, definition: ActionDefinition): Action {
  return {
    name,
    parameters: definition.parameters.map(readParameter),
    preconditions: definition.preconditions ?? [],
    add: definition.effects?.add ?? [],
    remove: definition.effects?.remove ?? [],
    duration: definition.duration ?? 0,
    cost: definition.cost ?? 1,
    successProbability: definition.successProbability ?? 1,
    resources: definition.resources ?? {},
    priority: definition.priority ?? 0,
  };
}

function compound(name: string, definition: TaskDefinition): CompoundTask {
  return { name, parameters: definition.parameters.map(readParameter) };
}

function method(
  name: string,
  definition: MethodDefinition<Atom, Atom>,
  domain: AnyDomainDefinition,
): Method {
  const own = (definition.parameters ?? []).map(readParameter);
  const count = definition.subtasks.length;
  const ordering = definition.ordering ?? "sequence";
  const declared = typeof ordering === "string" ? [] : ordering;
  const dataFlow = definition.dataFlow ?? [];
  const inSequence = ordering === "sequence" || ordering === "strict";
  return methodOf({
    name,
    task: definition.task,
    parameters: [...taskVariables(definition.task, domain, own), ...own],
    preconditions: definition.preconditions ?? [],
    subtasks: definition.subtasks,
    order: [...(inSequence ? chain(count) : declared), ...dataFlow],
    strictOrder: [...(ordering === "strict" ? chain(count) : declared), ...dataFlow],
    successProbability: definition.successProbability ?? 1,
  });
}

/** A method with its subtasks in an order that keeps the pairs; indices in the pairs follow. */
export function methodOf(parts: Omit<Method, "sequential">): Method {
  const sequence = sequenceOf(parts.subtasks.length, parts.order);
  const sequential = !("cycle" in sequence) && sequence.unique;
  if ("cycle" in sequence) return { ...parts, sequential };
  const place = new Map(sequence.order.map((index, at) => [index, at]));
  const moved = ([earlier, later]: OrderPair): OrderPair => [
    place.get(earlier) ?? earlier,
    place.get(later) ?? later,
  ];
  return {
    ...parts,
    subtasks: sequence.order.flatMap((index) => parts.subtasks.slice(index, index + 1)),
    order: parts.order.map(moved),
    strictOrder: parts.strictOrder.map(moved),
    sequential,
  };
}

/** The variables in a method's task, with the types that the task declares for them. */
function taskVariables(
  [name, ...terms]: Atom,
  domain: AnyDomainDefinition,
  own: readonly Parameter[],
): readonly Parameter[] {
  const declared = domain.tasks?.[name]?.parameters ?? [];
  const found = new Map<string, Parameter>();
  terms.forEach((term, i) => {
    if (!isVariable(term) || found.has(term) || own.some((each) => each.name === term)) return;
    const type = readParameter(declared[i] ?? "?").type;
    found.set(term, type === undefined ? { name: term } : { name: term, type });
  });
  return [...found.values()];
}
