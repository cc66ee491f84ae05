import { defineDomain, exists, not } from "@troupe/planning";

const settled = not(["questioned", "?d"]);
const nothingSuspect = not(exists(["?x"], [["suspect", "?d", "?x"]]));

/**
 * How a dirty file becomes a dataset to trust, as an HTN domain.
 *
 * `?d` is the dataset, `?c` a column of it. Which methods apply follows from facts that were measured
 * on the data: `questioned` when it is not what it was and people are asked about that, `placeholders` and `duplicates` come from the profile and the agreed schema,
 * `suspect` from the findings of the quality gate. `current` stands for the newest version of the
 * dataset, which every step that makes a new one writes, so that such steps never run side by side.
 */
export const cleanDomain = defineDomain({
  name: "clean",
  actions: {
    // Done by people: they say whether the dataset may change as its source did.
    approval: {
      parameters: ["?d"],
      preconditions: [["questioned", "?d"]],
      effects: { add: [], remove: [["questioned", "?d"]] },
      duration: 1,
      successProbability: 0.9,
    },
    "draft-rules": {
      parameters: ["?d"],
      preconditions: [["agreed", "?d"], settled],
      effects: { add: [["ruled", "?d"]], remove: [] },
      duration: 1,
      successProbability: 0.99,
    },
    stage: {
      parameters: ["?d"],
      preconditions: [["agreed", "?d"], settled],
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
    settle: { parameters: ["?d"] },
    prepare: { parameters: ["?d"] },
    assure: { parameters: ["?d"] },
  },
  methods: {
    "prepare-assure-deliver": {
      task: ["publish-clean", "?d"],
      subtasks: [
        ["settle", "?d"],
        ["draft-rules", "?d"],
        ["stage", "?d"],
        ["prepare", "?d"],
        ["assure", "?d"],
        ["publish", "?d"],
      ],
      dataFlow: [
        [0, 1],
        [0, 2],
        [1, 4],
        [2, 3],
        [2, 4],
        [3, 4],
        [4, 5],
      ],
    },
    "ask-people": {
      task: ["settle", "?d"],
      preconditions: [["questioned", "?d"]],
      subtasks: [["approval", "?d"]],
    },
    "nothing-to-ask": { task: ["settle", "?d"], preconditions: [settled], subtasks: [] },
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
});
