import type { Mutant } from "./mutants.ts";

const hierarchy = "coordination/src/hierarchy";
const scenario = "hierarchy";

/** Bugs in how work is delegated to teams of teams. */
export const delegationMutants: readonly Mutant[] = [
  {
    bug: "a result in a worker's name counts whoever sent it",
    file: `${hierarchy}/delegation.ts`,
    search: `  if (impostor !== undefined) return refuse(delegation, "forged");\n`,
    replace: "\n",
    scenario,
  },
  {
    bug: "a result of a leaf that a worker was never given counts",
    file: `${hierarchy}/delegation.ts`,
    search: "    if (leaf === undefined || !assignment.leaves.includes(said.leaf)) {",
    replace: "    if (leaf === undefined) {",
    scenario,
  },
  {
    bug: "results are taken whatever they look like",
    file: `${hierarchy}/lead.ts`,
    search: "  if (parsed.success) return { leaf: said.leaf, result: parsed.data };",
    replace: "  if (parsed !== undefined) return said;",
    scenario,
  },
  {
    bug: "what a worker held whose node is gone is waited for",
    file: `${hierarchy}/lead.ts`,
    search: "() => change(loseWorker(delegation, name)));",
    replace: "() => void name);",
    scenario,
  },
  {
    bug: "a leaf is delegated without end",
    file: `${hierarchy}/delegation.ts`,
    search: `  return attempts < job.attempts ? { at: "waiting", attempts }`,
    replace: `  return attempts < job.attempts * 9 ? { at: "waiting", attempts }`,
    scenario,
  },
  {
    bug: "a job whose workers are silent does not end",
    file: `${hierarchy}/lead.ts`,
    search: "      if (!over) end();\n    });",
    replace: "    });",
    scenario,
  },
  {
    bug: "work is given back to who leads above",
    file: `${hierarchy}/worker.ts`,
    search:
      "      ({ ref: { address } }) => address !== context.self.address && !work.above.includes(address),",
    replace: "      ({ ref: { address } }) => address !== context.self.address,",
    scenario,
  },
  {
    bug: "teams delegate deeper than they may",
    file: `${hierarchy}/worker.ts`,
    search: "    const further = deputies.length > 0 && work.depth < work.deepest;",
    replace: "    const further = deputies.length > 0 && work.depth <= work.deepest;",
    scenario,
  },
  {
    bug: "a second result of a leaf replaces the first in the aggregate",
    file: `${hierarchy}/outcome.ts`,
    search: "      counted += 1;",
    replace:
      "      if (leaf.attempts > 1) aggregate = add(aggregate, leaf.result as Result, at);\n      counted += 1;",
    scenario,
  },
];
