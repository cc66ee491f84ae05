import { rename } from "node:fs/promises";
import { join } from "node:path";
import type { Check, Remedy } from "../checks/check.ts";
import { breaking } from "../checks/check-table.ts";
import type { Engine } from "../engine/engine.ts";
import { identifier, literal, parquet } from "../engine/sql.ts";
import { RowCountError } from "../errors.ts";
import { checkExpression } from "../pipeline/expression.ts";
import { inSandbox } from "../study/sandbox.ts";
import { recordOf, type Version } from "./outcome.ts";
import { countRows, writeParquet } from "./write.ts";

interface RemedyInput {
  /** Path of the table. */
  readonly input: string;
  /** The check that rows break, with the column to blame. */
  readonly check: Check;
  readonly remedy: Remedy;
  readonly output: string;
  readonly quarantine: string;
  readonly scratch: string;
  readonly memoryLimitMb: number;
}

/**
 * Answers rows that break a check: they are set aside with the reason, or the column that is to blame is
 * emptied in them, or left out of all rows. No row is lost.
 *
 * @throws QueryFailedError with what the engine says; InterruptedError when `signal` is aborted; RowCountError when
 *   rows are missing from what was written
 */
export function remedyRows(
  { input, check, remedy, output, quarantine, scratch, memoryLimitMb }: RemedyInput,
  signal?: AbortSignal,
): Promise<Version> {
  return inSandbox(
    { files: [input], scratch, memoryLimitMb, sql: check.expect },
    async (engine) => {
      await checkExpression(engine, check.expect, signal);
      const table = parquet(input);
      const broken = breaking(check);
      const column = check.column ?? "";
      const made = join(scratch, "made.parquet");
      const write = (sql: string) => writeParquet(engine, sql, made, "remedy", signal);
      const violations = await countWhere(engine, table, broken, signal);
      const reason = `breaks the check '${check.name}'`;
      const done = { output, quarantined: 0, duplicates: 0 };
      if (remedy === "drop-column") {
        const rows = await write(
          `SELECT * EXCLUDE (${identifier(column)}) FROM ${table} ORDER BY _row`,
        );
        await rename(made, output);
        const why = `the column was left out: ${violations} rows ${reason.replace("breaks", "break")}`;
        return { ...done, rows, reasons: [{ reason: why, column, rows, action: "repaired" }] };
      }
      if (remedy === "blank") {
        const value = `CASE WHEN ${broken} THEN NULL ELSE ${identifier(column)} END`;
        const rows = await write(
          `SELECT * REPLACE (${value} AS ${identifier(column)}) FROM ${table} ORDER BY _row`,
        );
        await rename(made, output);
        const why = `${reason}, so its value was taken out`;
        return {
          ...done,
          rows,
          reasons: [{ reason: why, column, rows: violations, action: "repaired" }],
        };
      }
      const before = await countRows(engine, input, signal);
      const rows = await write(`SELECT * FROM ${table} WHERE NOT (${broken}) ORDER BY _row`);
      await rename(made, output);
      const described = await engine.rows(`DESCRIBE SELECT * EXCLUDE (_row) FROM ${table}`, signal);
      const record = recordOf(described.map((row) => String(row["column_name"])));
      const value = column === "" ? "NULL" : identifier(column);
      const quarantined = await write(
        `SELECT _row, ${literal(reason)} AS reason, ${literal(column)} AS "column", CAST(${value} AS VARCHAR) AS "value", ${record} AS record FROM ${table} WHERE ${broken} ORDER BY _row`,
      );
      await rename(made, quarantine);
      if (rows + quarantined !== before)
        throw new RowCountError(remedy, before, rows + quarantined);
      const why = { reason, column, rows: quarantined, action: "quarantined" as const };
      return { ...done, quarantine, rows, quarantined, reasons: [why] };
    },
    signal,
  );
}

async function countWhere(
  engine: Engine,
  table: string,
  condition: string,
  signal: AbortSignal | undefined,
): Promise<number> {
  const [row] = await engine.rows(
    `SELECT count(*)::DOUBLE AS n FROM ${table} WHERE ${condition}`,
    signal,
  );
  return Number(row?.["n"] ?? 0);
}
