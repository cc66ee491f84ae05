import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Leaves a note of why a task failed beside the files that it would have made, for whoever has to go on
 * without them. A note that can't be written is forgone: the failure itself is told anyway.
 *
 * @param writer distinguishes those who might write at once
 */
export async function noteFailure(
  directory: string,
  task: string,
  writer: string,
  error: unknown,
): Promise<void> {
  const path = join(directory, `${task}.failure.txt`);
  const temporary = `${path}.${writer}.tmp`;
  try {
    await mkdir(directory, { recursive: true });
    await writeFile(temporary, error instanceof Error ? error.message : String(error));
    await rename(temporary, path);
  } catch {
    return;
  }
}

/** Why a task failed, as noted, or `undefined` when it ended without saying anything. */
export function readFailure(directory: string, task: string): Promise<string | undefined> {
  return readFile(join(directory, `${task}.failure.txt`), "utf8").catch(() => undefined);
}
