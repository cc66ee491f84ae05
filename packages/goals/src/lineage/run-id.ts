import { createHash } from "node:crypto";

/** The run of a goal, or of a task of it, as a UUID (version 8, RFC 9562): always the same for the same names. */
export function uuidOf(...names: readonly (string | number)[]): string {
  const hex = createHash("sha256").update(names.join("/")).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
