import { type AnyDomainDefinition, defineDomain, exists, not } from "@troupe/planning";

const nothingSuspect = not(exists(["?x"], [["suspect", "?d", "?x"]]));

/**
 * How a dirty file becomes a dataset to trust, as an HTN domain.
 *
 * `?d` is the dataset, `?c` a column of it. Which methods apply follows from facts that were measured
 * on the data: `placeholders` and `duplicates` come from the profile and the agreed schema,
 * `suspect` from the findings of the quality gate. `current` stands for the newest version of the
 * dataset, which every step that makes a new one writes, so that such steps never run side by side.
 */
const plain = {
  name: "clean",
  actions: {
    "draft-rules": {
      parameters: ["?d"],
      preconditions: [["agreed", "?d"]],
      effects: { add: [["ruled", "?d"]], remove: [] },
      duration: 1,
      successProbability: 0.99,
    },
    stage: {
      parameters: ["?d"],
      preconditions: [["agreed", "?d"]],
      effects: {
        add: [
          ["staged", "?d"],
          ["current", "?d"],
        ],
        remove: [],
      },
      duration: 4,
      successProbability: 0.97,
    },
    normalise: {
      parameters: ["?d"],
      preconditions: [
        ["current", "?d"],
        ["placeholders", "?d"],
      ],
      effects: { add: [["current", "?d"]], remove: [["placeholders", "?d"]] },
      duration: 2,
      successProbability: 0.98,
    },
    deduplicate: {
      parameters: ["?d"],
      preconditions: [["current", "?d"], ["duplicates", "?d"], not(["placeholders", "?d"])],
      effects: { add: [["current", "?d"]], remove: [["duplicates", "?d"]] },
      duration: 2,
      successProbability: 0.98,
    },
    validate: {
      parameters: ["?d", "?c"],
      preconditions: [
        ["current", "?d"],
        ["suspect", "?d", "?c"],
        not(["placeholders", "?d"]),
        not(["duplicates", "?d"]),
      ],
      effects: { add: [["current", "?d"]], remove: [["suspect", "?d", "?c"]] },
      duration: 2,
      // Validations fail of the same causes, if they do: the last of them stands for all.
      successProbability: (_, facts) => (facts.matching("suspect").length > 1 ? 1 : 0.95),
    },
    check: {
      parameters: ["?d"],
      preconditions: [
        ["current", "?d"],
        ["ruled", "?d"],
        not(["placeholders", "?d"]),
        not(["duplicates", "?d"]),
        nothingSuspect,
      ],
      effects: { add: [["trusted", "?d"]], remove: [] },
      duration: 2,
      successProbability: 0.8,
    },
    publish: {
      parameters: ["?d"],
      preconditions: [["trusted", "?d"]],
      effects: { add: [["published", "?d"]], remove: [] },
      duration: 3,
      successProbability: 0.98,
    },
  },
  tasks: {
    "publish-clean": { parameters: ["?d"] },
    prepare: { parameters: ["?d"] },
    assure: { parameters: ["?d"] },
  },
  methods: {
    "prepare-assure-deliver": {
      task: ["publish-clean", "?d"],
      subtasks: [
        ["draft-rules", "?d"],
        ["stage", "?d"],
        ["prepare", "?d"],
        ["assure", "?d"],
        ["publish", "?d"],
      ],
      dataFlow: [
        [0, 3],
        [1, 2],
        [1, 3],
        [2, 3],
        [3, 4],
      ],
    },
    "replace-placeholders": {
      task: ["prepare", "?d"],
      preconditions: [["placeholders", "?d"]],
      subtasks: [
        ["normalise", "?d"],
        ["prepare", "?d"],
      ],
      dataFlow: [[0, 1]],
    },
    "drop-duplicates": {
      task: ["prepare", "?d"],
      preconditions: [not(["placeholders", "?d"]), ["duplicates", "?d"]],
      subtasks: [
        ["deduplicate", "?d"],
        ["prepare", "?d"],
      ],
      dataFlow: [[0, 1]],
    },
    prepared: {
      task: ["prepare", "?d"],
      preconditions: [not(["placeholders", "?d"]), not(["duplicates", "?d"])],
      subtasks: [],
    },
    "examine-suspect": {
      task: ["assure", "?d"],
      parameters: ["?c"],
      preconditions: [["suspect", "?d", "?c"]],
      subtasks: [
        ["validate", "?d", "?c"],
        ["assure", "?d"],
      ],
      dataFlow: [[0, 1]],
    },
    gate: {
      task: ["assure", "?d"],
      preconditions: [nothingSuspect],
      subtasks: [["check", "?d"]],
    },
  },
} as const satisfies AnyDomainDefinition;

/** How the first releases planned, so that what they decided is decided the same again. */
export const plainDomain = defineDomain(plain);

/**
 * How it becomes one: what takes much memory can be done with little, too, in longer. That is the contingency of the usual way,
 * or the first choice once it has failed often. People may be asked before anything is done.
 */
export const cleanDomain = defineDomain({
  name: "clean",
  actions: {
    ...plain.actions,
    // Done by people: they say whether the dataset may change as its source did.
    approval: {
      parameters: ["?d"],
      effects: { add: [["allowed", "?d"]], remove: [] },
      duration: 1,
      successProbability: 0.9,
    },
    "stage-sparing": { ...plain.actions.stage, duration: 12, successProbability: 0.95 },
    "deduplicate-sparing": { ...plain.actions.deduplicate, duration: 6, successProbability: 0.95 },
  },
  tasks: {
    ...plain.tasks,
    "publish-if-allowed": { parameters: ["?d"] },
    rule: { parameters: ["?d"] },
  },
  methods: {
    ...plain.methods,
    "prepare-with-little-memory": {
      ...plain.methods["prepare-assure-deliver"],
      subtasks: [
        ["rule", "?d"],
        ["stage-sparing", "?d"],
        ["prepare", "?d"],
        ["assure", "?d"],
        ["publish", "?d"],
      ],
    },
    "ask-first": {
      task: ["publish-if-allowed", "?d"],
      subtasks: [
        ["approval", "?d"],
        ["publish-clean", "?d"],
      ],
      dataFlow: [[0, 1]],
    },
    "draft-first": {
      task: ["rule", "?d"],
      preconditions: [not(["ruled", "?d"])],
      subtasks: [["draft-rules", "?d"]],
    },
    "ruled-already": { task: ["rule", "?d"], preconditions: [["ruled", "?d"]], subtasks: [] },
    "drop-duplicates-with-little-memory": {
      ...plain.methods["drop-duplicates"],
      subtasks: [
        ["deduplicate-sparing", "?d"],
        ["prepare", "?d"],
      ],
    },
  },
});
