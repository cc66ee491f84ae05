import type { Engine } from "../engine/engine.ts";
import { identifier, parquet } from "../engine/sql.ts";
import type { ReportInput } from "../report/report-input.ts";

/** Versions of a dataset, and what is to be told of them. */
interface Stages {
  /** The newest staged version. */
  readonly input: string;
  /** The first one. */
  readonly staged: string;
  readonly report: Pick<ReportInput, "schema" | "reasons">;
}

/** Rows that differ from how they were staged, or whose placeholders were removed while staging. */
export async function countRepaired(
  engine: Engine,
  { input, staged, report }: Stages,
  signal: AbortSignal | undefined,
): Promise<number> {
  // Whoever changes values says so; the other columns need not be held in memory.
  const changed = new Set(
    report.reasons.flatMap(({ action, column }) => (action === "repaired" ? [column] : [])),
  );
  const names = report.schema.map(({ name }) => name).filter((name) => changed.has(name));
  if (names.length === 0) return 0;
  const differs = names
    .map((name) => `a.${identifier(name)} IS DISTINCT FROM b.${identifier(name)}`)
    .join(" OR ");
  const [row] = await engine.rows(
    `SELECT count(*)::DOUBLE AS n FROM ${parquet(input)} AS a JOIN ${parquet(staged)} AS b USING (_row) WHERE ${differs}`,
    signal,
  );
  return Number(row?.["n"] ?? 0);
}

/** Rows without a value, by column. */
export async function nullCounts(
  engine: Engine,
  { input, report }: Stages,
  signal: AbortSignal | undefined,
): Promise<Record<string, number>> {
  const counts = report.schema.map(
    ({ name }, index) => `(count(*) - count(${identifier(name)}))::DOUBLE AS c${index}`,
  );
  const [row = {}] = await engine.rows(
    `SELECT ${counts.join(", ")} FROM ${parquet(input)}`,
    signal,
  );
  return Object.fromEntries(
    report.schema.map(({ name }, index) => [name, Number(row[`c${index}`] ?? 0)]),
  );
}

/** Values by year of the columns of time that something was done to. */
export async function movedYears(
  engine: Engine,
  { input, staged, report }: Stages,
  signal: AbortSignal | undefined,
): Promise<ReportInput["years"]> {
  const moved = report.schema.filter(
    ({ name, type }) =>
      (type === "date" || type === "timestamp") &&
      report.reasons.some(({ column }) => column === name),
  );
  const byYear = async (path: string, name: string) => {
    const rows = await engine.rows(
      `SELECT year(${identifier(name)})::DOUBLE AS y, count(*)::DOUBLE AS n FROM ${parquet(path)} WHERE ${identifier(name)} IS NOT NULL GROUP BY 1 ORDER BY 1`,
      signal,
    );
    return rows.map((row) => ({ year: Number(row["y"]), rows: Number(row["n"]) }));
  };
  return Promise.all(
    moved.map(async ({ name }) => ({
      column: name,
      before: await byYear(staged, name),
      after: await byYear(input, name),
    })),
  );
}

/** Rows of the quarantine that are shown. */
const asideLimit = 20;
/** Characters shown of a value that was set aside. */
const valueLength = 200;

/** The first rows that were set aside. */
export async function firstAside(
  engine: Engine,
  quarantine: string,
  signal: AbortSignal | undefined,
): Promise<NonNullable<ReportInput["aside"]>> {
  const rows = await engine.rows(
    `SELECT _row::DOUBLE AS n, reason, "column" AS c, left("value", ${valueLength}) AS v FROM ${parquet(quarantine)} ORDER BY _row, c LIMIT ${asideLimit}`,
    signal,
  );
  const textOf = (value: unknown) => (value == null ? null : String(value));
  return rows.map((row) => ({
    row: Number(row["n"]),
    reason: String(row["reason"]),
    column: textOf(row["c"]),
    value: textOf(row["v"]),
  }));
}
