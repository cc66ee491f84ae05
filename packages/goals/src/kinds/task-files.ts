import { join } from "node:path";
import type { Job } from "@troupe/agents";
import { finishedOnce } from "./finished-once.ts";

/** The files of one attempt at a task: in the folder of its goal, under names that begin with its own. */
export class TaskFiles {
  /** Folder of the goal, which holds what its tasks have made. */
  readonly folder: string;
  /** Distinguishes attempts that might write at once. */
  readonly writer: string;
  readonly #task: string;

  /** @param workspace directory of intermediate files, shared by all nodes */
  constructor(workspace: string, { goal, task, attempt }: Pick<Job, "goal" | "task" | "attempt">) {
    this.folder = join(workspace, goal);
    this.writer = `${process.pid}-${attempt}`;
    this.#task = task;
  }

  /** Path of what the task makes, the same in each attempt. */
  file(kind = "parquet"): string {
    return join(this.folder, `${this.#task}.${kind}`);
  }

  /** Path of a folder that only this attempt uses. */
  get scratch(): string {
    return this.file(`${this.writer}.scratch`);
  }

  /** Path of a file of the goal, whichever task has made it. */
  path(name: string): string {
    return join(this.folder, name);
  }

  /** The outcome of the task is kept beside what it makes, so that another attempt finds the first one's. */
  once<Facts>(run: () => Promise<Facts>): Promise<Facts> {
    return finishedOnce(this.folder, this.#task, this.writer, run);
  }
}
