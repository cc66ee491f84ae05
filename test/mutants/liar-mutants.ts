import type { Mutant } from "./mutants.ts";

const agreement = "goals/src/coordinator/agreement.ts";
const fields = "coordination/src/schema-consensus/agree-on-fields.ts";
const scenario = "deliberation";

/** Bugs that let one analyst that lies have its way, or hide that it has lied. */
export const liarMutants: readonly Mutant[] = [
  {
    bug: "what a liar alone says is voted on",
    file: agreement,
    search: "  return tolerance(defaultRule, members) > 0 ? seconded : 1;",
    replace: "  return tolerance(defaultRule, members) > 9 ? seconded : 1;",
    scenario,
  },
  {
    bug: "fields that nobody can read are taken as they are",
    file: agreement,
    search:
      "    if (field === undefined) unreadable.push(name);\n    else readable.push([name, field]);",
    replace: "    readable.push([name, field ?? { key: String(value), value }]);",
    scenario,
  },
  {
    bug: "ballots that were refused are not kept",
    file: agreement,
    search: "    ...(refusedCount === 0 ? {} : { refused: evidence, refusedCount }),\n",
    replace: "",
    scenario,
  },
  {
    bug: "what nobody can read is not told",
    file: agreement,
    search: "    else readable.push([name, field]);",
    replace: "    else readable.push([name, field]);\n    unreadable.length = 0;",
    scenario,
  },
  {
    bug: "without a decision the alternative with most behind it is taken",
    file: fields,
    search: "  const winner = alternatives.find(({ key }) => key === vote.decided);",
    replace:
      "  const winner = alternatives.find(({ key }) => key === (vote.decided ?? alternatives[0]?.key));",
    scenario,
  },
  {
    bug: "of two ballots of a member the last counts",
    file: "coordination/src/vote/tally.ts",
    search: "  if (first !== undefined) return sayTheSame",
    replace: "  if (first === null) return sayTheSame",
    scenario,
  },
  {
    bug: "who does not answer is not of the electorate",
    file: agreement,
    search: "    electorate,\n    deadlineMs:",
    replace:
      "    electorate: electorate.filter(({ member }) => proposals.some((one) => one.member === member)),\n    deadlineMs:",
    scenario,
  },
];
