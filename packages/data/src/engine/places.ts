import { realpath, stat } from "node:fs/promises";
import { resolve, sep } from "node:path";

/** DuckDB compares paths as they are written: each is allowed as given and as links lead to it. */
export async function places(paths: readonly string[]) {
  const directories = new Set<string>();
  const files = new Set<string>();
  for (const path of paths) {
    const known = await stat(path).catch(() => undefined);
    const real = await realpath(path).catch(() => path);
    for (const place of [resolve(path), real]) {
      if (known?.isFile() === true) files.add(place);
      else directories.add(place.endsWith(sep) ? place : place + sep);
    }
  }
  return { directories: [...directories], files: [...files] };
}
