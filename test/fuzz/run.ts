import { parseArgs } from "node:util";
import { fuzz } from "./fuzz.ts";

/** `npm run fuzz -- --inputs 1000000 [--seed N] [--edge WORD]`: exit code 1 when anything is found. */
const { values } = parseArgs({
  options: {
    inputs: { type: "string", default: "20000" },
    seed: { type: "string", default: "1" },
    edge: { type: "string", default: "" },
  },
});
const [inputs, seed] = [Number(values.inputs), Number(values.seed)];
if (!Number.isInteger(inputs) || inputs < 1 || !Number.isInteger(seed)) {
  console.error("--inputs must be a whole number from 1, --seed a whole number");
  process.exit(2);
}
const report = await fuzz(inputs, seed, values.edge);
console.log(JSON.stringify(report, null, 2));
process.exit(report.findings.length === 0 ? 0 : 1);
