import { readFileSync } from "node:fs";

/** Version of this release, as its package says. */
export const version = String(
  JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version,
);
