import { expect, test } from "vitest";
import { DomainError } from "../errors.ts";
import { forall, not, ofType } from "./condition.ts";
import { buildDomain, defineDomain } from "./define-domain.ts";
import type { ActionDefinition, AnyDomainDefinition } from "./definition.ts";
import { withSupertypes } from "./domain.ts";

const base: AnyDomainDefinition = {
  name: "clean",
  types: { dataset: null, table: "dataset" },
  constants: { movies: "table" },
  actions: {
    stage: { parameters: ["?d"], effects: { add: [["staged", "?d"]] } },
    check: { parameters: ["?d", "?rules"], preconditions: [["staged", "?d"]] },
  },
  tasks: { prepare: { parameters: ["?d - dataset"] } },
  methods: { "just-stage": { task: ["prepare", "?d"], subtasks: [["stage", "?d"]] } },
};

type Wrong = Partial<AnyDomainDefinition>;

function failure(change: Wrong): DomainError {
  try {
    buildDomain({ ...base, ...change });
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error("the domain was accepted");
}

const action = (change: Partial<ActionDefinition>): Wrong => ({
  actions: { ...base.actions, extra: { parameters: ["?d"], ...change } },
});

type Methods = NonNullable<AnyDomainDefinition["methods"]>;
const method = (change: Partial<Methods[string]>): Wrong => ({
  methods: { extra: { task: ["prepare", "?d"], subtasks: [], ...change } },
});

/** Each with the place and the words that name the value and the remedy. */
const contradictions: readonly (readonly [string, Wrong, string, string])[] = [
  [
    "an unknown type",
    action({ parameters: ["?d - datset"] }),
    "action 'extra', parameter '?d'",
    "type 'datset' is not declared; the types are dataset, table",
  ],
  [
    "an unknown supertype",
    { types: { ...base.types, view: "relation" } },
    "type 'view'",
    "type 'relation' is not declared; the types are dataset, table, view",
  ],
  [
    "a constant of an unknown type",
    { constants: { movies: "film" } },
    "constant 'movies'",
    "type 'film' is not declared",
  ],
  [
    "a parameter that is no variable",
    action({ parameters: ["d" as "?d"] }),
    "action 'extra'",
    "parameter 'd' is no variable; variables begin with '?'",
  ],
  [
    "a parameter declared twice",
    action({ parameters: ["?d", "?d"] }),
    "action 'extra'",
    "parameter '?d' is declared twice",
  ],
  [
    "an unknown variable",
    action({ preconditions: [not(["staged", "?x"])] }),
    "action 'extra', precondition 1",
    "variable '?x' is not declared; add it to the parameters",
  ],
  [
    "an unknown variable under a quantifier",
    action({ preconditions: [["staged", "?d"], forall(["?c"], [], [["fine", "?c", "?e"]])] }),
    "action 'extra', precondition 2, part 1",
    "variable '?e' is not declared",
  ],
  [
    "a type condition on an unknown type",
    action({ preconditions: [ofType("?d", "view")] }),
    "action 'extra', precondition 1",
    "type 'view' is not declared",
  ],
  [
    "a predicate with another number of arguments",
    action({ effects: { remove: [["staged", "?d", "?d"]] } }),
    "action 'extra', removed effect 1",
    "predicate 'staged' has 2 arguments here but 1 in action 'stage', added effect 1",
  ],
  [
    "an undeclared predicate where predicates are declared",
    { predicates: { stage: ["?d"] } },
    "action 'stage', added effect 1",
    "predicate 'staged' is not declared; the predicates are stage",
  ],
  [
    "a method of an unknown task",
    method({ task: ["prepair", "?d"] }),
    "method 'extra'",
    "decomposes task 'prepair', which is not declared; the tasks are prepare",
  ],
  [
    "an unknown subtask",
    method({
      subtasks: [
        ["stage", "?d"],
        ["chek", "?d"],
      ],
    }),
    "method 'extra', subtask 2",
    "'chek' is neither an action nor a task; the actions and tasks are stage, check, prepare",
  ],
  [
    "a subtask with another number of arguments",
    method({ subtasks: [["check", "?d"]] }),
    "method 'extra', subtask 1",
    "'check' takes 2 arguments (?d, ?rules) but gets 1",
  ],
  [
    "an ordering of subtasks that do not exist",
    method({ subtasks: [["stage", "?d"]], ordering: [[0, 3]] }),
    "method 'extra', ordering",
    "index 3 is no subtask; indices go from 0 to 0",
  ],
  [
    "a circular ordering",
    method({
      subtasks: [
        ["stage", "?d"],
        ["prepare", "?d"],
      ],
      ordering: [[0, 1]],
      dataFlow: [[1, 0]],
    }),
    "method 'extra', ordering",
    "subtasks wait for each other in a circle: stage -> prepare -> stage; remove one of these pairs",
  ],
  [
    "a probability beyond 1",
    method({ successProbability: 1.5 }),
    "method 'extra'",
    "successProbability is 1.5 but must be between 0 and 1",
  ],
  [
    "a negative duration",
    action({ duration: -1 }),
    "action 'extra'",
    "duration is -1 but must be a number that is not negative",
  ],
  [
    "a cost that is no number",
    action({ cost: Number.NaN }),
    "action 'extra'",
    "cost is NaN but must be a number that is not negative",
  ],
  [
    "a negative resource",
    action({ resources: { memory: -2 } }),
    "action 'extra'",
    "resource 'memory' is -2",
  ],
  [
    "an action with the name of a task",
    { tasks: { ...base.tasks, stage: { parameters: ["?d"] } } },
    "action 'stage'",
    "is also declared as a task; rename one of them",
  ],
];

test.each(contradictions)(
  "%s is refused with its place and the remedy",
  (_, wrong, place, text) => {
    const error = failure(wrong);
    expect(error.place).toBe(place);
    expect(error.message).toContain(`domain 'clean', ${place}: `);
    expect(error.message).toContain(text);
    expect(error.code).toBe("invalid-domain");
    expect(error.retryable).toBe(false);
  },
);

test("an action needs only its parameters: it takes no time, costs 1, holds nothing and succeeds", () => {
  const domain = defineDomain({ name: "small", actions: { go: { parameters: [] } } });
  expect(domain.actions.get("go")).toEqual({
    name: "go",
    parameters: [],
    preconditions: [],
    add: [],
    remove: [],
    duration: 0,
    cost: 1,
    successProbability: 1,
    resources: {},
    priority: 0,
  });
});

test("a method's variables are those of its task, with the task's types, and its own", () => {
  const domain = buildDomain({
    ...base,
    ...method({ parameters: ["?c"], preconditions: [["column", "?d", "?c"]] }),
  });
  expect(domain.methods[0]?.parameters).toEqual([{ name: "?d", type: "dataset" }, { name: "?c" }]);
});

test("subtasks given in another order than they must be done are put in order, pairs with them", () => {
  const subtasks = [
    ["check", "?d", "?d"],
    ["stage", "?d"],
  ] as const;
  const domain = buildDomain({ ...base, ...method({ subtasks, ordering: [[1, 0]] }) });
  const [own] = domain.methods;
  expect(own?.subtasks.map(([name]) => name)).toEqual(["stage", "check"]);
  expect(own?.order).toEqual([[0, 1]]);
  expect(own?.strictOrder).toEqual([[0, 1]]);
  expect(own?.sequential).toBe(true);
});

test("a sequence binds the search, a strict one also execution", () => {
  const subtasks = [
    ["stage", "?d"],
    ["stage", "?d"],
  ] as const;
  const orders = (["sequence", "strict", "any"] as const).map((ordering) => {
    const [own] = buildDomain({ ...base, ...method({ subtasks, ordering }) }).methods;
    return [own?.order, own?.strictOrder, own?.sequential];
  });
  expect(orders).toEqual([
    [[[0, 1]], [], true],
    [[[0, 1]], [[0, 1]], true],
    [[], [], false],
  ]);
});

test("a type has all supertypes above it, several where it has several", () => {
  const domain = buildDomain({
    ...base,
    types: { ...base.types, named: null, view: ["table", "named"] },
  });
  expect([...withSupertypes(domain, "view")]).toEqual(["view", "table", "named", "dataset"]);
});

test("the compiler refuses a call that fits no declaration", () => {
  const wrong = () =>
    defineDomain({
      name: "typed",
      actions: { stage: { parameters: ["?d"] } },
      tasks: { prepare: { parameters: ["?d"] } },
      methods: {
        // @ts-expect-error two arguments where one is declared
        "just-stage": { task: ["prepare", "?d"], subtasks: [["stage", "?d", "?d"]] },
      },
    });
  expect(wrong).toThrow("'stage' takes 1 arguments (?d) but gets 2");
});
