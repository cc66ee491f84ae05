import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { type Engine, openEngine } from "./engine.ts";

/** Where an engine of tests may read and write. */
interface TestFolder {
  readonly engine: Engine;
  /** All of it; what is in neither of the others is forbidden. */
  readonly folder: string;
  readonly sources: string;
  readonly work: string;
}

/**
 * An engine in a folder of its own for the tests of a file, closed and removed after them.
 *
 * @param apart whether sources and work are folders beside each other; they are the whole folder otherwise
 */
export async function engineInFolder(apart = false): Promise<TestFolder> {
  const folder = mkdtempSync(join(tmpdir(), "troupe-data-"));
  const sources = apart ? join(folder, "sources") : folder;
  const work = apart ? join(folder, "work") : folder;
  mkdirSync(sources, { recursive: true });
  mkdirSync(work, { recursive: true });
  const engine = await openEngine({ readable: [sources], workspace: work });
  afterAll(async () => {
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { engine, folder, sources, work };
}
