import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readWorkflow, replayWorkflow } from "../index.ts";

const folder = join(import.meta.dirname, "../../../../../shared/data/workflows");
const hasWorkflows = existsSync(folder);
if (!hasWorkflows) {
  console.error(`SKIPPED, the recorded workflows (WfCommons WfInstances) are not in ${folder}`);
}

test.skipIf(!hasWorkflows).each([
  ["blast-chameleon-medium-001", 303, 900, { 4: 1.001, 16: 1.016, 64: 1.075 }],
  ["epigenomics-chameleon-ilmn-2seq-50k-001", 515, 639, { 4: 1.023, 16: 1.12, 64: 1.22 }],
  ["montage-chameleon-2mass-025d-001", 619, 1641, { 4: 1.002, 16: 1.055, 64: 1.33 }],
  ["soykb-chameleon-10fastq-20ch-001", 156, 354, { 4: 1.405, 16: 1.075, 64: 1.009 }],
] as const)("%s is scheduled close to the bound", (name, tasks, edges, ratios) => {
  const file = join(folder, `${name}.json`);
  const workflow = readWorkflow(readFileSync(file, "utf8"), file);
  for (const [workers, most] of Object.entries(ratios)) {
    const summary = replayWorkflow(workflow, Number(workers));
    expect(summary).toMatchObject({ tasks, edges });
    expect(summary.ratio).toBeGreaterThanOrEqual(1);
    expect(summary.ratio).toBeLessThanOrEqual(most);
  }
});
