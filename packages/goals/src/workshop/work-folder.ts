import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, ensureError, type Journal, type Log } from "@troupe/actor";
import { goalIdSchema } from "../goal/goal.ts";
import { openGoalJournal } from "../goal/journal.ts";
import { hasEnded } from "../goal/phases.ts";

/** How often it is tried to remove a folder that somebody writes to at this moment. */
const removalTries = 3;
/** Most folders that one sweep looks at. */
const folderLimit = 1000;

/**
 * Removes what the tasks of a goal have left for each other. Doing it again does nothing.
 *
 * @param workspace the directory for intermediate files
 */
export async function removeWorkFolder(workspace: string, goal: string): Promise<void> {
  await rm(join(workspace, goalIdSchema.parse(goal)), {
    recursive: true,
    force: true,
    maxRetries: removalTries,
  });
}

/** Where intermediate files are, and how it is known that their goal has ended. */
export interface WorkFolderOptions {
  readonly workspace: string;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  /** Most folders that one sweep looks at; the next goes on after them. Default 1000. */
  readonly folderLimit?: number;
}

/** What a sweep has come to. */
interface WorkFolderSweep {
  readonly removed: number;
  /** Folders that could not be looked at or removed: tried again by a later sweep. */
  readonly failed: number;
}

/**
 * Removes the folders that nodes left which died before they could: those of goals that have ended, by
 * their journal. Folders of other goals, and whatever is not named as a goal, are left alone.
 */
export class WorkFolders {
  readonly #options: WorkFolderOptions;
  #last = "";

  constructor(options: WorkFolderOptions) {
    this.#options = options;
  }

  /** Failures are logged. Does not throw. */
  async sweep(signal: AbortSignal): Promise<WorkFolderSweep> {
    const { workspace, log } = this.#options;
    let [removed, failed] = [0, 0];
    for (const goal of await this.#next()) {
      if (signal.aborted) break;
      try {
        if (!(await this.#hasEnded(goal))) continue;
        await removeWorkFolder(workspace, goal);
        removed += 1;
      } catch (thrown) {
        failed += 1;
        log("warn", "a work folder could not be removed", { goal, error: ensureError(thrown) });
      }
    }
    if (removed > 0) log("info", "removed work folders of ended goals", { removed });
    return { removed, failed };
  }

  async #next(): Promise<readonly string[]> {
    const { workspace, log } = this.#options;
    let names: readonly string[];
    try {
      names = await readdir(workspace);
    } catch (thrown) {
      log("warn", "the work folders could not be listed", { error: ensureError(thrown) });
      return [];
    }
    const goals = names.filter((name) => goalIdSchema.safeParse(name).success).sort();
    const limit = this.#options.folderLimit ?? folderLimit;
    const later = goals.filter((name) => name > this.#last).slice(0, limit);
    // At the end it begins anew.
    this.#last = later.length < limit ? "" : (later.at(-1) ?? "");
    return later;
  }

  async #hasEnded(goal: string): Promise<boolean> {
    const { journal, clock } = this.#options;
    return hasEnded((await openGoalJournal(journal, goal, clock)).state);
  }
}
