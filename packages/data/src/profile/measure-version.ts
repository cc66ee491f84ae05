import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { version as engineVersion } from "@duckdb/node-api";

/** Files of the package that measure nothing. */
const otherFiles = /[.](test|test-support|test-data)[.]|[.]d[.]ts$|[.]map$/;

let known: string | undefined;

/**
 * Names all that the results of `profileSource` and `inspectSource` depend on besides their inputs: the code of this package,
 * its rules, thresholds and words among it, and DuckDB. Equal on nodes that run the same release in the same form; another
 * after any change of the code, also of one that changes no result, so that what an earlier release found out about a file
 * is never taken for what this one would.
 *
 * Reads the package's code once for each process, about a megabyte.
 */
export function measureVersion(): string {
  known ??= fingerprint(join(import.meta.dirname, ".."), engineVersion());
  return known;
}

/**
 * A digest of the code in a folder, without tests.
 *
 * @param salt what else it depends on
 */
export function fingerprint(folder: string, salt: string): string {
  const digest = createHash("sha256").update(salt);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /[.][cm]?[jt]s$/.test(name) && !otherFiles.test(name))
    .sort();
  for (const name of files) {
    const content = readFileSync(join(folder, name));
    digest.update(`\0${name}\0${content.length}\0`).update(content);
  }
  return digest.digest("hex").slice(0, 16);
}
