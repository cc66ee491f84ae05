import { createHash } from "node:crypto";

/** The run that did a task of a goal, as a UUID (version 8, RFC 9562): always the same for the same names. */
export function runIdOf(...names: readonly (string | number)[]): string {
  const hex = createHash("sha256").update(names.join("/")).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
