import { type AnyDomainDefinition, defineDomain, forall, not } from "@troupe/planning";
import { etlActions } from "./actions.ts";
import {
  allInputsReady,
  allOthersJoined,
  faultless,
  nothingDrifted,
  turnOf,
} from "./conditions.ts";

/**
 * How an output comes from sources, as an HTN domain.
 *
 * `?s` is a source, `?b` a block of transformations (named by its result), `?x` a table that a block reads,
 * `?f` a fault at a source or at the output. Which methods apply follows from facts that were found out
 * before: from profiles (`large`, `placeholders`, `duplicates`), from the version before (`drifted`), from
 * numbers of rows (`wide`, `before`, `narrow`), and from findings (`fault`, with what may be done about
 * it: `can-…`). `staged` and `conformed` stand for the newest version of a table, which all steps that make
 * a new one write, so that such steps never run side by side.
 *
 * What is done at once because it is small enough can be done in parts after all: that is its contingency, when one node's
 * memory or time does not do. A source can if nothing looks at all of its rows (`divisible`), a block if it has a key.
 */
export const etlDefinition = {
  name: "etl",
  actions: etlActions,
  tasks: {
    deliver: { parameters: ["?r"] },
    "adapt-all": { parameters: [] },
    "prepare-all": { parameters: [] },
    prepare: { parameters: ["?s"] },
    "bring-in": { parameters: ["?s"] },
    tidy: { parameters: ["?s"] },
    vouch: { parameters: ["?s"] },
    "build-all": { parameters: [] },
    build: { parameters: ["?b"] },
    "split-all": { parameters: ["?b"] },
    "join-all": { parameters: ["?b"] },
    align: { parameters: ["?b", "?x"] },
    assure: { parameters: [] },
    recover: { parameters: ["?f"] },
  },
  methods: {
    "read-transform-conform": {
      task: ["deliver", "?r"],
      subtasks: [
        ["adapt-all"],
        ["design"],
        ["prepare-all"],
        ["build-all"],
        ["conform", "?r"],
        ["assure"],
        ["publish"],
      ],
    },
    "adapt-to-change": {
      task: ["adapt-all"],
      parameters: ["?s"],
      preconditions: [["drifted", "?s"]],
      subtasks: [["adapt", "?s"], ["adapt-all"]],
    },
    unchanged: { task: ["adapt-all"], preconditions: [nothingDrifted], subtasks: [] },
    "next-source": {
      task: ["prepare-all"],
      parameters: ["?s"],
      preconditions: [["source", "?s"], not(["ready", "?s"])],
      subtasks: [["prepare", "?s"], ["prepare-all"]],
    },
    "sources-ready": {
      task: ["prepare-all"],
      preconditions: [forall(["?s"], [["source", "?s"]], [["ready", "?s"]])],
      subtasks: [],
    },
    "bring-in-and-vouch": {
      task: ["prepare", "?s"],
      subtasks: [
        ["bring-in", "?s"],
        ["tidy", "?s"],
        ["vouch", "?s"],
      ],
      dataFlow: [
        [0, 1],
        [0, 2],
        [1, 2],
      ],
    },
    "stage-whole": {
      task: ["bring-in", "?s"],
      preconditions: [not(["large", "?s"])],
      subtasks: [["stage", "?s"]],
    },
    "stage-by-row-ranges": {
      task: ["bring-in", "?s"],
      preconditions: [["large", "?s"]],
      subtasks: [["stage-parts", "?s"]],
    },
    "stage-in-parts-after-all": {
      task: ["bring-in", "?s"],
      preconditions: [not(["large", "?s"]), ["divisible", "?s"]],
      subtasks: [["stage-parts", "?s"]],
    },
    "replace-placeholders": {
      task: ["tidy", "?s"],
      preconditions: [["placeholders", "?s"]],
      subtasks: [
        ["normalise", "?s"],
        ["tidy", "?s"],
      ],
      dataFlow: [[0, 1]],
    },
    "drop-duplicates": {
      task: ["tidy", "?s"],
      preconditions: [not(["placeholders", "?s"]), ["duplicates", "?s"]],
      subtasks: [
        ["deduplicate", "?s"],
        ["tidy", "?s"],
      ],
      dataFlow: [[0, 1]],
    },
    tidied: {
      task: ["tidy", "?s"],
      preconditions: [not(["placeholders", "?s"]), not(["duplicates", "?s"])],
      subtasks: [],
    },
    "mend-values": {
      task: ["vouch", "?s"],
      parameters: ["?f"],
      preconditions: [
        ["fault", "?s", "?f"],
        ["can-validate", "?s", "?f"],
      ],
      subtasks: [
        ["validate", "?s", "?f"],
        ["vouch", "?s"],
      ],
      dataFlow: [[0, 1]],
    },
    "read-as-text": {
      task: ["vouch", "?s"],
      parameters: ["?f"],
      preconditions: [
        ["fault", "?s", "?f"],
        ["can-relax", "?s", "?f"],
      ],
      subtasks: [["relax", "?s", "?f"], ["design"], ["bring-in", "?s"], ["vouch", "?s"]],
      dataFlow: [
        [0, 1],
        [1, 2],
        [2, 3],
      ],
    },
    "vouch-for": {
      task: ["vouch", "?s"],
      preconditions: [faultless("?s")],
      subtasks: [["check-source", "?s"]],
    },
    "next-block": {
      task: ["build-all"],
      parameters: ["?b"],
      preconditions: [["block", "?b"], not(["ready", "?b"]), allInputsReady],
      subtasks: [["build", "?b"], ["build-all"]],
    },
    built: {
      task: ["build-all"],
      preconditions: [forall(["?b"], [["block", "?b"]], [["ready", "?b"]])],
      subtasks: [],
    },
    "at-once": {
      task: ["build", "?b"],
      preconditions: [not(["wide", "?b"])],
      subtasks: [["compute", "?b"]],
    },
    "where-the-rows-are": {
      task: ["build", "?b"],
      parameters: ["?x"],
      preconditions: [
        ["wide", "?b"],
        ["follows", "?b", "?x"],
        ["parted", "?x"],
      ],
      subtasks: [["compute-parts", "?b"]],
    },
    "by-key": {
      task: ["build", "?b"],
      preconditions: [
        ["wide", "?b"],
        ["keyed", "?b"],
      ],
      subtasks: [
        ["split-all", "?b"],
        ["compute-parts", "?b"],
      ],
      dataFlow: [[0, 1]],
    },
    "by-key-after-all": {
      task: ["build", "?b"],
      preconditions: [not(["wide", "?b"]), ["keyed", "?b"]],
      subtasks: [
        ["split-all", "?b"],
        ["compute-parts", "?b"],
      ],
      dataFlow: [[0, 1]],
    },
    "join-by-join": {
      task: ["build", "?b"],
      preconditions: [
        ["wide", "?b"],
        ["joins", "?b"],
      ],
      subtasks: [["join-all", "?b"]],
    },
    "all-rows-in-one-place": {
      task: ["build", "?b"],
      preconditions: [["wide", "?b"], not(["keyed", "?b"]), not(["joins", "?b"])],
      subtasks: [["compute", "?b"]],
    },
    "split-next": {
      task: ["split-all", "?b"],
      parameters: ["?x"],
      preconditions: [["input", "?b", "?x"], not(["split", "?b", "?x"])],
      subtasks: [
        ["split-input", "?b", "?x"],
        ["split-all", "?b"],
      ],
    },
    "all-split": {
      task: ["split-all", "?b"],
      preconditions: [forall(["?x"], [["input", "?b", "?x"]], [["split", "?b", "?x"]])],
      subtasks: [],
    },
    "last-join": {
      task: ["join-all", "?b"],
      parameters: ["?x"],
      preconditions: [["arm", "?b", "?x"], not(["joined", "?b", "?x"]), turnOf, allOthersJoined],
      subtasks: [
        ["align", "?b", "?x"],
        ["join-last", "?b", "?x"],
      ],
      dataFlow: [[0, 1]],
    },
    "next-join": {
      task: ["join-all", "?b"],
      parameters: ["?x"],
      preconditions: [["arm", "?b", "?x"], not(["joined", "?b", "?x"]), turnOf],
      subtasks: [
        ["align", "?b", "?x"],
        ["join-parts", "?b", "?x"],
        ["join-all", "?b"],
      ],
      dataFlow: [
        [0, 1],
        [1, 2],
      ],
    },
    "bring-small-table-everywhere": {
      task: ["align", "?b", "?x"],
      preconditions: [
        ["narrow", "?b", "?x"],
        ["flowing", "?b"],
      ],
      subtasks: [],
    },
    "bring-small-table-to-parts": {
      task: ["align", "?b", "?x"],
      parameters: ["?base"],
      preconditions: [
        ["narrow", "?b", "?x"],
        ["base", "?b", "?base"],
        ["parted", "?base"],
      ],
      subtasks: [],
    },
    "split-both-by-key": {
      task: ["align", "?b", "?x"],
      subtasks: [
        ["split-joined", "?b", "?x"],
        ["split-input", "?b", "?x"],
      ],
    },
    "answer-fault": {
      task: ["assure"],
      parameters: ["?f"],
      preconditions: [["fault", "output", "?f"]],
      subtasks: [["recover", "?f"], ["assure"]],
      dataFlow: [[0, 1]],
    },
    gate: { task: ["assure"], preconditions: [faultless("output")], subtasks: [["inspect"]] },
    "empty-values": {
      task: ["recover", "?f"],
      preconditions: [["can-blank", "output", "?f"]],
      subtasks: [["blank", "?f"]],
    },
    "quarantine-rows": {
      task: ["recover", "?f"],
      preconditions: [["can-set-aside", "output", "?f"]],
      subtasks: [["set-aside", "?f"]],
    },
    "leave-column-out": {
      task: ["recover", "?f"],
      preconditions: [["can-drop-column", "output", "?f"]],
      subtasks: [["drop-column", "?f"]],
    },
  },
} as const satisfies AnyDomainDefinition;

/** See `etlDefinition`. */
export const etlDomain = defineDomain(etlDefinition);
