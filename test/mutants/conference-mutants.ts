import type { Mutant } from "./mutants.ts";

const steps = "goals/src/goal/steps.ts";
const failure = "goals/src/coordinator/failure.ts";
const fold = "goals/src/goal/apply-records.ts";
const scenario = "replanning";

/** Bugs in when analysts are asked about a failure. */
export const conferenceMutants: readonly Mutant[] = [
  {
    bug: "plans are repaired without asking the analysts",
    file: steps,
    search: `return { do: isOpen ? "confer" : "repair", failure };`,
    replace: `return { do: isOpen ? "repair" : "repair", failure };`,
    scenario,
  },
  {
    bug: "analysts are asked again about what they have agreed on",
    file: steps,
    search: "failure.confers === true && state.conferred?.[failure.task] === undefined;",
    replace: "failure.confers === true;",
    scenario,
  },
  {
    bug: "analysts are asked once a goal, whatever fails afterwards",
    file: steps,
    search: "failure.confers === true && state.conferred?.[failure.task] === undefined;",
    replace: "failure.confers === true && state.conferred === undefined;",
    scenario,
  },
  {
    bug: "analysts are asked about every failure",
    file: failure,
    search: `answer === "replan" && kind.conference?.concerns(error) === true;`,
    replace: `answer === "replan" && kind.conference !== undefined;`,
    scenario,
  },
  {
    bug: "analysts are asked about what is only tried again",
    file: failure,
    search: `answer === "replan" && kind.conference?.concerns(error) === true;`,
    replace: "kind.conference?.concerns(error) === true;",
    scenario,
  },
  {
    bug: "that a failure is to be agreed on is forgotten when it is stored",
    file: fold,
    search: "          ...(record.confers === undefined ? {} : { confers: record.confers }),\n",
    replace: "",
    scenario,
  },
  {
    bug: "what was agreed on an earlier failure is forgotten",
    file: fold,
    search: "        ...draft.conferred,\n",
    replace: "",
    scenario,
  },
];
