import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Does a piece of work whose outcome is kept in a file, unless it was done before. Two that do it at
 * once both succeed; the outcome of the last is kept.
 *
 * @param name of the work, unique in the directory
 * @param writer distinguishes those who might write at once
 */
export async function finishedOnce<Outcome>(
  directory: string,
  name: string,
  writer: string,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  const path = join(directory, `${name}.json`);
  const known = await readFile(path, "utf8").catch(() => undefined);
  if (known !== undefined) return JSON.parse(known) as Outcome;
  await mkdir(directory, { recursive: true });
  const outcome = await work();
  const temporary = `${path}.${writer}.tmp`;
  await writeFile(temporary, JSON.stringify(outcome));
  await rename(temporary, path);
  return outcome;
}
