import { coordinationScenarios } from "@troupe/coordination/simulation";
import { replanningScenarios } from "@troupe/goals/replanning/simulation";
import { scenarios, simulate } from "@troupe/testkit";

/** Runs in the copy with a bug in it: tries seeds until one shows a violation, and prints which. */
const [name, seeds = "1000"] = process.argv.slice(2);
const isAsked = (other: { readonly name: string }): boolean => other.name === name;
const scenario =
  [...scenarios, ...coordinationScenarios, ...replanningScenarios].find(isAsked) ??
  // Those of whole goals take long to load.
  (await import("@troupe/goals/simulation")).goalScenarios.find(isAsked);
if (scenario === undefined) throw new RangeError(`there is no scenario '${name}'`);
let found: object = { found: false };
for (let seed = 1; seed <= Number(seeds); seed += 1) {
  const { violations } = await simulate(scenario, seed);
  const [first] = violations;
  if (first === undefined) continue;
  found = { found: true, seed, invariant: first.invariant };
  break;
}
process.stdout.write(JSON.stringify(found), () => process.exit(0));
