import { type ActionDefinition, type FactView, not } from "@troupe/planning";
import {
  allInputsReady,
  allOthersJoined,
  faultless,
  nothingDrifted,
  turnOf,
} from "./conditions.ts";

/** Rows that one task goes through in a second, roughly: what one machine of today does. */
const rowsPerSecond = 500_000;
const overhead = 0.2;
/** Seconds for going through all rows of a table, one part after the other divided among `parts`. */
const seconds =
  (which = 0, parts = 1) =>
  (args: readonly string[], facts: FactView): number => {
    const table = args[which] ?? "";
    const rows = Number(facts.matching("rows").find(([, name]) => name === table)?.[2] ?? 0);
    return overhead + rows / rowsPerSecond / parts;
  };
/** What a task holds of its node while it works on rows; the memory is the goal's to say. */
const heavy = { cpu: 500, memory: 256 * 1024 * 1024 };
const usualParts = 4;

/** Something that answers a fault of the output, where it may. */
function remedy(allowed: string) {
  return {
    parameters: ["?f"],
    preconditions: [["conformed"], ["fault", "output", "?f"], [allowed, "output", "?f"]],
    effects: { add: [["conformed"]], remove: [["fault", "output", "?f"]] },
    duration: 1,
    successProbability: 0.99,
  } as const satisfies ActionDefinition;
}

/** What can be done in one step on the way from sources to an output; see `etlDomain`. */
export const etlActions = {
  adapt: {
    parameters: ["?s"],
    preconditions: [["drifted", "?s"]],
    effects: { add: [], remove: [["drifted", "?s"]] },
    duration: overhead,
    successProbability: 0.999,
  },
  design: {
    parameters: [],
    preconditions: [nothingDrifted],
    effects: { add: [["designed"]], remove: [] },
    duration: overhead,
    successProbability: 0.97,
  },
  stage: {
    parameters: ["?s"],
    preconditions: [["designed"], ["source", "?s"], not(["large", "?s"])],
    effects: { add: [["staged", "?s"]], remove: [] },
    duration: seconds(),
    successProbability: 0.995,
  },
  "stage-parts": {
    parameters: ["?s"],
    preconditions: [["designed"], ["source", "?s"]],
    effects: {
      add: [
        ["staged", "?s"],
        ["parted", "?s"],
      ],
      remove: [],
    },
    duration: seconds(0, usualParts),
    successProbability: 0.995,
  },
  normalise: {
    parameters: ["?s"],
    preconditions: [
      ["staged", "?s"],
      ["placeholders", "?s"],
    ],
    effects: { add: [["staged", "?s"]], remove: [["placeholders", "?s"]] },
    duration: seconds(),
    successProbability: 0.998,
  },
  deduplicate: {
    parameters: ["?s"],
    preconditions: [["staged", "?s"], ["duplicates", "?s"], not(["placeholders", "?s"])],
    effects: { add: [["staged", "?s"]], remove: [["duplicates", "?s"]] },
    duration: seconds(),
    successProbability: 0.998,
  },
  "check-source": {
    parameters: ["?s"],
    preconditions: [
      ["staged", "?s"],
      not(["placeholders", "?s"]),
      not(["duplicates", "?s"]),
      faultless("?s"),
    ],
    effects: { add: [["ready", "?s"]], remove: [] },
    duration: overhead,
    successProbability: 0.985,
  },
  validate: {
    parameters: ["?s", "?f"],
    preconditions: [
      ["staged", "?s"],
      ["fault", "?s", "?f"],
      ["can-validate", "?s", "?f"],
    ],
    effects: { add: [["staged", "?s"]], remove: [["fault", "?s", "?f"]] },
    duration: seconds(),
    successProbability: 0.99,
  },
  relax: {
    parameters: ["?s", "?f"],
    preconditions: [
      ["fault", "?s", "?f"],
      ["can-relax", "?s", "?f"],
    ],
    effects: {
      add: [],
      remove: [["fault", "?s", "?f"], ["designed"], ["staged", "?s"], ["parted", "?s"]],
    },
    duration: overhead,
    successProbability: 0.99,
  },
  compute: {
    parameters: ["?b"],
    preconditions: [["designed"], ["block", "?b"], allInputsReady],
    effects: { add: [["ready", "?b"]], remove: [] },
    duration: seconds(),
    successProbability: 0.997,
    resources: heavy,
  },
  "compute-parts": {
    parameters: ["?b"],
    preconditions: [["designed"], ["block", "?b"], allInputsReady],
    effects: {
      add: [
        ["ready", "?b"],
        ["parted", "?b"],
      ],
      remove: [],
    },
    duration: seconds(0, usualParts),
    successProbability: 0.997,
    resources: heavy,
  },
  "split-input": {
    parameters: ["?b", "?x"],
    preconditions: [["designed"], ["input", "?b", "?x"], ["ready", "?x"]],
    effects: { add: [["split", "?b", "?x"]], remove: [] },
    duration: seconds(1),
    successProbability: 0.997,
    resources: heavy,
  },
  "split-joined": {
    parameters: ["?b", "?x"],
    preconditions: [["designed"], ["arm", "?b", "?x"], allInputsReady, turnOf],
    effects: { add: [["split-for", "?b", "?x"]], remove: [] },
    duration: seconds(),
    successProbability: 0.997,
    resources: heavy,
  },
  "join-parts": {
    parameters: ["?b", "?x"],
    preconditions: [["designed"], ["arm", "?b", "?x"], allInputsReady, turnOf],
    effects: {
      add: [
        ["joined", "?b", "?x"],
        ["flowing", "?b"],
      ],
      remove: [],
    },
    duration: seconds(0, usualParts),
    successProbability: 0.997,
    resources: heavy,
  },
  "join-last": {
    parameters: ["?b", "?x"],
    preconditions: [["designed"], ["arm", "?b", "?x"], allInputsReady, turnOf, allOthersJoined],
    effects: {
      add: [
        ["joined", "?b", "?x"],
        ["ready", "?b"],
        ["parted", "?b"],
      ],
      remove: [],
    },
    duration: seconds(0, usualParts),
    successProbability: 0.997,
    resources: heavy,
  },
  conform: {
    parameters: ["?r"],
    preconditions: [["designed"], ["result", "?r"], ["ready", "?r"]],
    effects: { add: [["conformed"]], remove: [] },
    duration: seconds(),
    successProbability: 0.98,
  },
  blank: remedy("can-blank"),
  "set-aside": remedy("can-set-aside"),
  "drop-column": remedy("can-drop-column"),
  inspect: {
    parameters: [],
    preconditions: [["conformed"], faultless("output")],
    effects: { add: [["sound"]], remove: [] },
    duration: 1,
    successProbability: 0.93,
  },
  publish: {
    parameters: [],
    preconditions: [["sound"]],
    effects: { add: [["published"]], remove: [] },
    duration: 2,
    successProbability: 0.997,
  },
} as const satisfies Readonly<Record<string, ActionDefinition>>;
