import type { Drift } from "../drift/drift.ts";
import { changeOf } from "../drift/words.ts";

/** What changed, as rows of a table: column, change, size, evidence. */
export function driftRows({ schema, values }: Drift): readonly (readonly string[])[] {
  return [
    ...schema.map((drift) => [drift.column, changeOf(drift), "", drift.evidence]),
    ...values.map(({ column, kind, size, evidence }) => [column, kind, size.toFixed(2), evidence]),
  ];
}
