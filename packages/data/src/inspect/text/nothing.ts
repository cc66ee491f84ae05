import { literal } from "../../engine/sql.ts";

/** Words and marks that stand for nothing, in lower case. */
const nothing = [
  "n/a",
  "#n/a",
  "na",
  "n.a.",
  "null",
  "(null)",
  "nan",
  "none",
  "nil",
  "undefined",
  "missing",
  "unknown",
  "tbd",
  "?",
  "??",
  "???",
  "-",
  "--",
  "---",
  ".",
  "*",
  "#ref!",
  "#value!",
  "#div/0!",
  "#name?",
  "\\n",
];

/** Those of them that are categories too: "None" kind, "Unknown" species. */
const categories = ["unknown", "missing"];
/** Those that may be: "None" kind, "NA" for Namibia, "-" for a minus. No writer means any of the others. */
const doubtful = ["na", "none", "nil", "undefined", "*", "-", "."];

/** A condition for texts that stand for nothing: all of them, those that are no category of a column of words, or those that nobody means. */
export function isNothing(text: string, which: "any" | "no category" | "sure"): string {
  const left = which === "any" ? [] : which === "sure" ? [...categories, ...doubtful] : categories;
  const tokens = nothing.filter((token) => !left.includes(token));
  return `lower(trim(${text})) IN (${tokens.map(literal).join(", ")})`;
}
