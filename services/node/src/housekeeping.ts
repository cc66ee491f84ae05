import type { Journal, Ports } from "@troupe/actor";
import { type Chore, Retention, WorkFolders } from "@troupe/goals";
import type { NodeConfig } from "./config.ts";

const dayMs = 86_400_000;

/** What is to be tidied up now and then. */
export function choresOf(
  { keepWork, retentionDays }: NodeConfig,
  workspace: string,
  journal: Journal,
  { clock, log }: Ports,
): readonly Chore[] {
  const chores: Chore[] = [];
  if (!keepWork) {
    const folders = new WorkFolders({ workspace, journal, clock, log });
    chores.push(async (signal) => {
      await folders.sweep(signal);
      return false;
    });
  }
  if (retentionDays > 0) {
    const retention = new Retention({ journal, clock, log, keepMs: retentionDays * dayMs });
    chores.push(async (signal) => (await retention.sweep(signal)).isPartial);
  }
  return chores;
}
