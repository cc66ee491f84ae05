import type { Engine } from "../engine/engine.ts";
import { identifier, parquet } from "../engine/sql.ts";
import { isPlaceholder } from "../schema/cast.ts";
import type { ColumnSchema } from "../schema/column-schema.ts";
import type { Reason, Version } from "./outcome.ts";
import { placeholderReason } from "./stage.ts";
import { writeParquet } from "./write.ts";

interface NormaliseInput {
  readonly input: string;
  readonly output: string;
  readonly schema: readonly ColumnSchema[];
  readonly attempt: string;
}

/** Turns what stands for "nothing" in text columns into null. No row is lost. */
export async function normaliseDataset(
  engine: Engine,
  { input, output, schema, attempt }: NormaliseInput,
  signal?: AbortSignal,
): Promise<Version> {
  const table = parquet(input);
  const affected = schema.filter(
    ({ type, placeholders }) => type === "text" && placeholders.length > 0,
  );
  const replaced = affected.map((column) => {
    const name = identifier(column.name);
    return `CASE WHEN ${isPlaceholder(column, name)} THEN NULL ELSE ${name} END AS ${name}`;
  });
  const reasons: Reason[] = [];
  for (const column of affected) {
    const [count] = await engine.rows(
      `SELECT count(*)::DOUBLE AS n FROM ${table} WHERE ${isPlaceholder(column, identifier(column.name))}`,
      signal,
    );
    const rows = Number(count?.["n"] ?? 0);
    if (rows > 0) {
      reasons.push({
        reason: placeholderReason(column),
        column: column.name,
        rows,
        action: "repaired",
      });
    }
  }
  const star = replaced.length === 0 ? "*" : `* REPLACE (${replaced.join(", ")})`;
  const rows = await writeParquet(engine, `SELECT ${star} FROM ${table}`, output, attempt, signal);
  return { output, rows, quarantined: 0, duplicates: 0, reasons };
}
