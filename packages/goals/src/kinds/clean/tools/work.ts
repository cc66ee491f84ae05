import type { Job } from "@troupe/agents";
import { columnSchema, type Engine, type InspectionRuleId, profileSchema } from "@troupe/data";
import { z } from "zod";
import type { TaskFiles } from "../../task-files.ts";
import type { Divider } from "../parts/divide.ts";

/** What the tools of the cleaning agents share. */
export interface CleanWork {
  readonly engine: Engine;
  /** Directories that goals may read. */
  readonly readable: readonly string[];
  /** Directory of published datasets and reports, shared by all nodes. */
  readonly datasets: string;
  /** Rules of the inspection that the node does not look for, whatever a goal says. */
  readonly rulesOff: readonly InspectionRuleId[];
  /** Where a task keeps its files. */
  at(job: Job): TaskFiles;
  /** What does a task on a large file in parts. */
  divided(job: Job): Divider;
}

export const columnsSchema = z.array(columnSchema);
/** A source that is known, and the columns that it is to have. */
export const profiled = z.object({ profile: profileSchema, schema: columnsSchema });
