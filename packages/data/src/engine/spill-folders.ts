import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fateOf, markText, ownMark, parseMark } from "./process-mark.ts";

const namePattern = /^spill-([A-Za-z0-9_-]{1,64})-((?:[0-9a-f]{8}-){3}\d+-\d+)-[A-Za-z0-9]{6}$/;
/** As DuckDB calls the files that it spills to. */
const spilledFile = /^duckdb_temp_/;

/**
 * Makes a folder that only this process uses, for what does not fit into memory. Its name says whose it is, so that
 * `removeDeadSpills` can tell when nobody's.
 *
 * @param owner what the process calls itself: letters, digits, `-` and `_`
 */
export async function makeSpill(directory: string, owner: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  return mkdtemp(join(directory, `spill-${owner}-${markText(await ownMark())}-`));
}

/**
 * Removes what processes left that were killed: folders of those that are known to be dead, and of those that had
 * the same name as who asks now, unless they are known to run. Folders of other machines and containers stay, as they
 * may be in use. Whoever cannot remove one leaves it. A folder that is called as who asks, and holds nothing but what DuckDB
 * spills, goes too: earlier releases made such ones, and emptied them at their start.
 *
 * @param owner the name of who asks, as of `makeSpill`
 * @returns names of the folders that were removed
 */
export async function removeDeadSpills(
  directory: string,
  owner: string,
): Promise<readonly string[]> {
  const names = await readdir(directory).catch(() => []);
  const here = await ownMark();
  const removed: string[] = [];
  for (const name of names) {
    const [, whose, text = ""] = namePattern.exec(name) ?? [];
    const mark = parseMark(text);
    if (mark === undefined) {
      if (name !== owner || !(await holdsSpilled(join(directory, name)))) continue;
    } else {
      const fate = await fateOf(mark, here);
      if (fate === "runs" || (fate === "unknown" && whose !== owner)) continue;
    }
    const gone = await rm(join(directory, name), { recursive: true, force: true }).then(
      () => true,
      () => false,
    );
    if (gone) removed.push(name);
  }
  return removed;
}

async function holdsSpilled(folder: string): Promise<boolean> {
  const files = await readdir(folder).catch(() => []);
  return files.length > 0 && files.every((file) => spilledFile.test(file));
}
