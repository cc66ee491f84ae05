import type { Engine } from "../engine/engine.ts";
import { identifier, literal, parquet } from "../engine/sql.ts";
import { RowCountError } from "../errors.ts";
import type { Finding } from "../rules/rule.ts";
import { recordOf, type Version } from "./outcome.ts";
import { countRows, writeParquet } from "./write.ts";

interface ValidateInput {
  readonly input: string;
  readonly output: string;
  readonly quarantine: string;
  readonly finding: Finding;
  /** Nothing observed can be later, milliseconds since the epoch. */
  readonly referenceTime: number;
  readonly attempt: string;
}

/**
 * Mends the values of one column that break a rule where the data tells how, and sets the other rows
 * aside with the reason; or does what was agreed on. Where that is to keep them, the version stays as it is.
 */
export async function validateColumn(
  engine: Engine,
  input: ValidateInput,
  signal?: AbortSignal,
): Promise<Version> {
  const { slippedFrom, treatment } = input.finding;
  if (treatment === "keep") {
    const rows = await countRows(engine, input.input, signal);
    return { output: input.input, rows, quarantined: 0, duplicates: 0, reasons: [] };
  }
  return slippedFrom === undefined || treatment === "set-aside"
    ? setAside(engine, input, signal)
    : shiftCentury(engine, input, slippedFrom, signal);
}

async function shiftCentury(
  engine: Engine,
  { input, output, finding, attempt }: ValidateInput,
  from: string,
  signal: AbortSignal | undefined,
): Promise<Version> {
  const column = identifier(finding.column);
  const table = parquet(input);
  const condition = `${column} >= DATE ${literal(from)}`;
  const [shown] = await engine.rows(`DESCRIBE SELECT ${column} FROM ${table}`, signal);
  const type = shown?.["column_type"] === "DATE" ? "DATE" : "TIMESTAMP";
  const [moved] = await engine.rows(
    `SELECT count(*)::DOUBLE AS n FROM ${table} WHERE ${condition}`,
    signal,
  );
  const rows = await writeParquet(
    engine,
    `SELECT * REPLACE (CASE WHEN ${condition} THEN CAST(${column} - INTERVAL 100 YEAR AS ${type}) ELSE ${column} END AS ${column}) FROM ${table}`,
    output,
    attempt,
    signal,
  );
  return {
    output,
    rows,
    quarantined: 0,
    duplicates: 0,
    reasons: [
      {
        reason: `a century late: from ${from} on, moved back 100 years`,
        column: finding.column,
        rows: Number(moved?.["n"] ?? 0),
        action: "repaired",
      },
    ],
  };
}

/** Which rows go, and why. */
function whatFor(
  finding: Finding,
  referenceTime: number,
): { readonly condition: string; readonly reason: string } {
  if (finding.condition !== undefined) {
    return { condition: `coalesce((${finding.condition}), false)`, reason: finding.diagnosis };
  }
  const isoOf = (time: number): string => new Date(time).toISOString().slice(0, 10);
  const after = isoOf(referenceTime + 86_400_000);
  return {
    condition: `coalesce(${identifier(finding.column)} >= DATE ${literal(after)}, false)`,
    reason: `after ${isoOf(referenceTime)}, which has not happened yet`,
  };
}

async function setAside(
  engine: Engine,
  { input, output, quarantine, finding, referenceTime, attempt }: ValidateInput,
  signal: AbortSignal | undefined,
): Promise<Version> {
  const column = identifier(finding.column);
  const table = parquet(input);
  const { condition, reason } = whatFor(finding, referenceTime);
  const before = await countRows(engine, input, signal);
  const described = await engine.rows(`DESCRIBE SELECT * EXCLUDE (_row) FROM ${table}`, signal);
  const record = recordOf(described.map((row) => String(row["column_name"])));
  const rows = await writeParquet(
    engine,
    `SELECT * FROM ${table} WHERE NOT ${condition}`,
    output,
    attempt,
    signal,
  );
  const quarantined = await writeParquet(
    engine,
    `SELECT _row, ${literal(reason)} AS reason, ${literal(finding.column)} AS "column", CAST(${column} AS VARCHAR) AS "value", ${record} AS record FROM ${table} WHERE ${condition} ORDER BY _row`,
    quarantine,
    attempt,
    signal,
  );
  if (rows + quarantined !== before)
    throw new RowCountError("validate", before, rows + quarantined);
  return {
    output,
    quarantine,
    rows,
    quarantined,
    duplicates: 0,
    reasons: [{ reason, column: finding.column, rows: quarantined, action: "quarantined" }],
  };
}
