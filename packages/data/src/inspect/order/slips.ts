import { fitOf } from "../columns/linear-fit.ts";
import { inspectionRules } from "../inspection-rules.ts";
import type { Survey } from "../survey.ts";
import type { Suspicion } from "../suspicion.ts";
import { type Slip, slipOf } from "./slip.ts";

/** Columns of numbers that are said by each other. */
const columnLimit = 8;
/** Rows that are looked at one by one; in larger tables slips are not looked for. */
const rowLimit = 20_000;
/** Rows that what holds between columns is learned from, in even distances, and the fewest of them. */
const learnedFrom = 600;
const fewest = 40;

/** Finds stretches of rows in which a column of numbers is some rows late, or early, against the others. */
export async function inspectSlips(survey: Survey): Promise<readonly Suspicion[]> {
  const columns = survey.columns
    .filter(
      ({ kind, present, distinct }) =>
        kind === "number" && present >= survey.rows * 0.9 && distinct >= 8,
    )
    .slice(0, columnLimit);
  if (columns.length < 2 || survey.rows < fewest || survey.rows > rowLimit) return [];
  const read = await survey.engine.rows(
    `SELECT _row::DOUBLE AS r, ${columns.map(({ number, index }) => `${number}::DOUBLE AS v${index}`).join(", ")} FROM ${survey.table} ORDER BY _row`,
    survey.signal,
  );
  const rows = read.map((row) =>
    columns.map(({ index }) => (row[`v${index}`] === null ? Number.NaN : Number(row[`v${index}`]))),
  );
  const { ratio } = inspectionRules.slip.thresholds;
  const found = [rows, rows.map((row) => row.map((value) => Math.log(value)))].flatMap((table) => {
    const whole = table.filter((row) => row.every(Number.isFinite));
    if (whole.length < Math.max(fewest, rows.length * 0.7)) return [];
    const step = Math.max(1, Math.floor(whole.length / learnedFrom));
    const learned = whole.filter((_, at) => at % step === 0);
    return columns.flatMap((_, target) => {
      const fit = fitOf(
        learned,
        target,
        columns.flatMap((_, other) => (other === target ? [] : [other])),
      );
      const slip = fit === undefined ? undefined : slipOf(table, target, fit, ratio);
      return slip === undefined || fit === undefined
        ? []
        : [{ slip, target, others: fit.factors.map(([at]) => at) }];
    });
  });
  found.sort((a, b) => b.slip.ratio - a.slip.ratio);
  const told: Slip[] = [];
  return found.flatMap(({ slip, target, others }): Suspicion[] => {
    const column = columns[target];
    if (column === undefined || told.some((one) => one.from < slip.to && slip.from < one.to))
      return [];
    told.push(slip);
    const [first, last] = [read[slip.from]?.["r"], read[slip.to - 1]?.["r"]];
    const names = others.flatMap((at) => columns[at]?.name ?? []);
    const size = Math.abs(slip.by);
    return [
      {
        rule: "slip",
        // Of two columns nothing says which one slipped.
        columns: [column.name, ...(names.length === 1 ? names : [])],
        rows: `SELECT _row FROM ${survey.table} WHERE _row BETWEEN ${first} AND ${last}`,
        score: 1 - 0.5 * (ratio / slip.ratio),
        evidence: `from row ${first} to ${last} '${column.name}' goes with ${names.map((name) => `'${name}'`).join(" and ")} again when it is moved ${size === 1 ? "a row" : `${size} rows`} ${slip.by > 0 ? "up" : "down"}`,
        shown: column.text,
      },
    ];
  });
}
