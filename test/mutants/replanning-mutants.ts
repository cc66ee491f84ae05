import type { Mutant } from "./mutants.ts";

const failure = "goals/src/coordinator/failure.ts";
const decisions = "goals/src/coordinator/decisions.ts";
const fold = "goals/src/goal/apply-records.ts";
const progress = "goals/src/kinds/progress.ts";
const rules = "planning/src/failure/decide-replanning.ts";
const scenario = "replanning";

/** Bugs in how goals answer failed tasks. */
export const replanningMutants: readonly Mutant[] = [
  {
    bug: "a plan is replaced however little sure the other is",
    file: rules,
    search: "if (confidence !== undefined && !(confidence > threshold)) {",
    replace: "if (confidence !== undefined && !(confidence > 0)) {",
    scenario,
  },
  {
    bug: "a plan is replaced by one that is just as sure as it must be surer than",
    file: rules,
    search: "if (confidence !== undefined && !(confidence > threshold)) {",
    replace: "if (confidence !== undefined && !(confidence >= threshold)) {",
    scenario,
  },
  {
    bug: "how sure the other way is is not asked",
    file: failure,
    search: "    confidence,\n  });",
    replace: "    confidence: 1,\n  });",
    scenario,
  },
  {
    bug: "plans are repaired without end",
    file: rules,
    search: "if (replans >= mostReplans) {",
    replace: "if (replans >= mostReplans * 100) {",
    scenario,
  },
  {
    bug: "repairs do not wait",
    file: fold,
    search: "notBefore: at + (record.delayMs ?? 0),",
    replace: "notBefore: at,",
    scenario,
  },
  {
    bug: "the wait for a repair does not grow",
    file: rules,
    search: "delayMs: replans === 0 ? 0 : delay(limits.replanDelayMs, replans - 1),",
    replace: "delayMs: replans === 0 ? 0 : limits.replanDelayMs,",
    scenario,
  },
  {
    bug: "a contingency is taken twice",
    file: fold,
    search: "draft.pendingRepairs = stillPending(draft.pendingRepairs, record);",
    replace:
      "draft.pendingRepairs = draft.replannings.length % 2 === 0 ? draft.pendingRepairs : [];",
    scenario,
  },
  {
    bug: "contingencies are not taken",
    file: decisions,
    search: "if (prepared !== undefined && kind.takeContingency !== undefined) {",
    replace: "if (prepared === null && kind.takeContingency !== undefined) {",
    scenario,
  },
  {
    bug: "a contingency goes back to what failed for good",
    file: progress,
    search: "    .filter(isBeyondHelp)\n",
    replace: "    .filter((task) => task.id === null)\n",
    scenario,
  },
  {
    bug: "a repaired plan forgets what is done",
    file: progress,
    search: "completed.push(id);",
    replace: "void completed;",
    scenario,
  },
  {
    bug: "of two failures at the same time only the last is answered",
    file: fold,
    search: "        ...draft.pendingRepairs,\n",
    replace: "",
    scenario,
  },
  {
    bug: "a goal that fails does not say why its plan could not be repaired",
    file: decisions,
    search: "  if (why === undefined) return error;",
    replace: "  if (why !== null) return error;",
    scenario,
  },
];
