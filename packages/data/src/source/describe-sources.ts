import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import {
  SourceForbiddenError,
  SourcesNotFoundError,
  SourcesTooManyError,
  SourceUnreadableError,
} from "../errors.ts";
import { describeSource, locateFile, locateFolder } from "./describe-source.ts";
import { isPattern, matchesPattern } from "./name-pattern.ts";
import type { Source } from "./source.ts";

/** Most files of one source. */
export const sourceFileLimit = 256;

/**
 * The files that a source consists of, in the order of their rows: a list as it is, each file once, what a pattern matches
 * by name (code point by code point, so numbers need leading zeros). Only the name of a file may be a pattern, not that of its folder.
 * A path is taken for a pattern only where there is no file of that very name.
 *
 * @param readable directories that goals may read
 * @returns undefined for the path of one file
 * @throws SourcesNotFoundError when nothing matches; SourcesTooManyError beyond {@link sourceFileLimit};
 *   SourceForbiddenError, SourceUnreadableError
 */
export async function listFiles(
  asked: string | readonly string[],
  readable: readonly string[],
): Promise<readonly string[] | undefined> {
  if (typeof asked !== "string") {
    const listed = new Set<string>();
    for (const one of asked) {
      for (const path of (await listFiles(one, readable)) ?? [one]) listed.add(path);
    }
    return limited([...listed], `${asked.length} paths`);
  }
  if (!isPattern(asked) || (await isFile(asked, readable))) return undefined;
  const [folder, pattern] = [dirname(asked), basename(asked)];
  if (isPattern(folder)) {
    throw new SourceUnreadableError(
      asked,
      "only the name of a file may be a pattern, not that of its folder: name the folder, or list the files",
    );
  }
  const real = await locateFolder(folder, readable);
  const entries = await readdir(real, { withFileTypes: true });
  const names = entries
    .filter((entry) => !entry.isDirectory() && matchesPattern(entry.name, pattern))
    .map(({ name }) => name)
    .sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  if (names.length === 0) throw new SourcesNotFoundError(pattern, folder, entries.length);
  return limited(
    names.map((name) => join(folder, name)),
    asked,
  );
}

function limited(paths: readonly string[], asked: string): readonly string[] {
  if (paths.length > sourceFileLimit) {
    throw new SourcesTooManyError(asked, paths.length, sourceFileLimit);
  }
  return paths;
}

async function isFile(path: string, readable: readonly string[]): Promise<boolean> {
  try {
    await locateFile(path, readable);
    return true;
  } catch (error) {
    if (error instanceof SourceForbiddenError) throw error;
    return false;
  }
}

/**
 * Finds out what the files of a source are before anything reads them; of a path that is no pattern, as `describeSource`.
 *
 * @throws as {@link listFiles}, and as `describeSource` for the first file that something is wrong with
 */
export async function describeSources(
  asked: string | readonly string[],
  readable: readonly string[],
): Promise<Source> {
  const paths = await listFiles(asked, readable);
  if (paths === undefined) return describeSource(String(asked), readable);
  const files: Source[] = [];
  for (const path of paths) files.push(await describeSource(path, readable));
  const [first] = files;
  if (first === undefined) throw new SourcesNotFoundError("[]", "no folder", 0);
  const sha256 = createHash("sha256");
  for (const file of files) sha256.update(`${file.sha256}\n`);
  const more = files.length - 1;
  return {
    path: typeof asked === "string" ? asked : `${first.path}${more > 0 ? ` and ${more} more` : ""}`,
    format: first.format,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    sha256: sha256.digest("hex"),
    files: files.map((file) => ({ ...file, rows: 0 })),
  };
}
