import fc from "fast-check";
import { type Atom, type Condition, exists, type Fact, not } from "../domain/condition.ts";
import { buildDomain } from "../domain/define-domain.ts";
import type { AnyDomainDefinition } from "../domain/definition.ts";
import type { Domain } from "../domain/domain.ts";

export interface RandomProblem {
  readonly domain: Domain;
  readonly facts: readonly Fact[];
  readonly tasks: readonly (readonly [string, ...string[]])[];
  readonly goal: readonly Condition[];
}

/** Every fact there can be in a random problem. */
export const possibleFacts: readonly Fact[] = [
  ["p", "a"],
  ["p", "b"],
  ["q", "a"],
  ["q", "b"],
  ["r"],
];
export const randomObjects = ["a", "b"] as const;

const term = fc.constantFrom("?x", "?x", "a", "b");
const atomOver = (terms: fc.Arbitrary<string>): fc.Arbitrary<Atom> =>
  fc.oneof(
    fc.tuple(fc.constantFrom("p", "q"), terms).map(([name, each]): Atom => [name, each]),
    fc.constant<Atom>(["r"]),
  );
const conditionOver = (terms: fc.Arbitrary<string>): fc.Arbitrary<Condition> =>
  fc.oneof(
    { weight: 4, arbitrary: atomOver(terms) },
    { weight: 3, arbitrary: atomOver(terms).map((each): Condition => ({ not: each })) },
    {
      weight: 1,
      arbitrary: fc.tuple(terms, terms).map((pair): Condition => ({ not: { equal: pair } })),
    },
    {
      weight: 1,
      arbitrary: atomOver(fc.constantFrom("?z", "a")).map(
        (each): Condition => ({
          forall: { variables: ["?z"], where: [["q", "?z"]], holds: [each] },
        }),
      ),
    },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom("p", "q")
        .map((name): Condition => not(exists(["?z"], [[name, "?z"]]))),
    },
  );

const actionNames = ["act0", "act1", "act2"] as const;
const action = fc.record({
  preconditions: fc.array(conditionOver(term), { maxLength: 2 }),
  add: fc.array(atomOver(term), { maxLength: 2 }),
  remove: fc.array(atomOver(term), { maxLength: 2 }),
  cost: fc.integer({ min: 0, max: 4 }),
  successProbability: fc.constantFrom(1, 0.9, 0.5),
});

const taskNames = ["task0", "task1", "task2"] as const;
const methodTerm = fc.constantFrom("?x", "?x", "?y", "a");

/** @param recursive whether tasks may contain themselves */
function method(recursive: boolean, ordering: fc.Arbitrary<"sequence" | "any">) {
  return fc.integer({ min: 0, max: 2 }).chain((task) =>
    fc.record({
      task: fc.constant(task),
      ordering,
      preconditions: fc.array(conditionOver(methodTerm), { maxLength: 2 }),
      subtasks: fc.array(
        fc.tuple(
          fc.constantFrom(
            ...actionNames,
            ...taskNames.filter((_, index) => recursive || index > task),
          ),
          methodTerm,
        ),
        { maxLength: 3 },
      ),
    }),
  );
}

/** Small random problems over five possible facts, so that a reference can look at all states. */
export function randomProblem(options: {
  readonly recursive: boolean;
  readonly ordering: fc.Arbitrary<"sequence" | "any">;
}): fc.Arbitrary<RandomProblem> {
  return fc
    .record({
      actions: fc.tuple(action, action, action),
      methods: fc.array(method(options.recursive, options.ordering), {
        minLength: 3,
        maxLength: 7,
      }),
      facts: fc.subarray([...possibleFacts]),
      tasks: fc.array(fc.tuple(fc.constantFrom(...taskNames), fc.constantFrom(...randomObjects)), {
        minLength: 1,
        maxLength: 2,
      }),
      goal: fc.array(conditionOver(fc.constantFrom("a", "b")), { maxLength: 1 }),
    })
    .map(({ actions, methods, facts, tasks, goal }) => {
      const definition: AnyDomainDefinition = {
        name: "random",
        constants: { a: null, b: null },
        predicates: { p: ["?x"], q: ["?x"], r: [] },
        actions: Object.fromEntries(
          actions.map(({ add, remove, ...rest }, i) => [
            `act${i}`,
            { ...rest, parameters: ["?x"] as const, effects: { add, remove } },
          ]),
        ),
        tasks: Object.fromEntries(taskNames.map((name) => [name, { parameters: ["?x"] as const }])),
        methods: Object.fromEntries(
          methods.map(({ task, ...rest }, i) => [
            `method${i}`,
            { ...rest, task: [`task${task}`, "?x"] as const, parameters: ["?y"] as const },
          ]),
        ),
      };
      return { domain: buildDomain(definition), facts, tasks, goal };
    });
}
