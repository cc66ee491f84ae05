import { simulate } from "@troupe/testkit";
import { agreementScenarios } from "./scenario.ts";
const [name, first, count, trace] = process.argv.slice(2);
const scenario = agreementScenarios.find((s) => s.name === name)!;
let bad = 0; const t = process.hrtime.bigint(); let steps = 0;
for (let seed = Number(first); seed < Number(first) + Number(count); seed += 1) {
  const r = await simulate(scenario, seed, { trace: trace !== undefined });
  steps += r.steps;
  if (trace) console.log(r.trace.join("\n"));
  if (r.violations.length > 0) { bad += 1; if (bad < 12) console.log(seed, r.violations.slice(0, 2).map(v => `${v.at} ${v.invariant}: ${v.detail.slice(0, 300)}`)); }
}
console.log(name, count, "bad", bad, "steps", steps, Number(process.hrtime.bigint() - t) / 1e6, "ms");
process.exit();
