import { z } from "zod";

/** How a file of a source of several differs from the others; its rows are taken all the same. */
export const fileDifferenceSchema = z.object({
  /** Path of the file. */
  file: z.string(),
  /**
   * `columns-missing`, `columns-added`: it lacks columns that most files have (of two: the first), or has others besides. `column-order`,
   * `column-case`: they are in another order, or their names written otherwise. `type`: values are of another type.
   * `encoding`: its text is written otherwise. `empty`: it has no rows. `repeated`: it holds what an earlier file holds.
   * `values`: what a column holds is not distributed as in the file before, or more of it is missing.
   */
  kind: z.enum([
    "columns-missing",
    "columns-added",
    "column-order",
    "column-case",
    "type",
    "encoding",
    "empty",
    "repeated",
    "values",
  ]),
  /** Columns it is about, at most {@link differenceColumns}; none where it is about the file. */
  columns: z.array(z.string()),
  /** What was seen, and what follows, in one sentence. */
  evidence: z.string(),
});
export type FileDifference = z.output<typeof fileDifferenceSchema>;

/** Differences that are kept of one source. */
export const differenceLimit = 200;

/** Columns that a difference names: all that are found out travel in one message. */
export const differenceColumns = 20;

/** Names that a sentence lists. */
const namesShown = 10;

/** Columns as part of a sentence. */
export function namesInWords(names: readonly string[]): string {
  const shown = names.slice(0, namesShown).map((name) => `'${name}'`);
  const more = names.length - shown.length;
  return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
