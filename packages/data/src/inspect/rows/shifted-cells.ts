import { literal } from "../../engine/sql.ts";
import { inspectionRules } from "../inspection-rules.ts";
import { dateLike, numberPattern, type Survey } from "../survey.ts";
import { rowsAtMost, type Suspicion } from "../suspicion.ts";

/** Share of a column's values that are of one kind, from which on others are of the wrong one. */
const mostly = 0.6;
/** Ways in which rows are made up that are looked at. */
const outlineLimit = 500;
/** Values of the wrong kind from which on a row is shifted: so many where an empty cell shows the place, else one more. */
const fewest = 2;

/** Finds rows whose cells stand one column to the right or to the left of where those of all others do. */
export async function inspectShiftedCells(survey: Survey): Promise<readonly Suspicion[]> {
  const { columns, rows, table } = survey;
  if (columns.length < 3 || rows < 20) return [];
  // One sign for each cell: a number, a day, words, or nothing.
  const signOf = (text: string): string =>
    `CASE WHEN ${text} IS NULL THEN '-' WHEN regexp_full_match(trim(${text}), ${literal(numberPattern)}) THEN 'n' WHEN regexp_full_match(trim(${text}), ${literal(dateLike)}) THEN 'd' ELSE 'w' END`;
  const outline = columns.map(({ text }) => signOf(text)).join(" || ");
  const found = await survey.engine.rows(
    `SELECT o, count(*)::DOUBLE AS n FROM (SELECT ${outline} AS o FROM ${table}) GROUP BY o ORDER BY n DESC, o LIMIT ${outlineLimit}`,
    survey.signal,
  );
  const outlines = found.map((row) => ({ outline: String(row["o"]), rows: Number(row["n"]) }));
  const usual = usualSigns(outlines, columns.length);
  const shifted = outlines.flatMap((one) => {
    const direction = shiftOf(one.outline, usual);
    return direction === undefined ? [] : [{ ...one, direction }];
  });
  const count = shifted.reduce((sum, one) => sum + one.rows, 0);
  const limit = rowsAtMost(rows, inspectionRules["shifted-row"].thresholds.most);
  const [first] = shifted;
  if (first === undefined || count > limit) return [];
  return [
    {
      rule: "shifted-row",
      columns: columns.map(({ name }) => name),
      rows: `SELECT _row FROM (SELECT _row, ${outline} AS o FROM ${table}) WHERE o IN (${shifted.map((one) => literal(one.outline)).join(", ")})`,
      score: 1 - 0.4 * (count / limit),
      evidence: `in ${count} rows the values fit the columns ${first.direction === "right" ? "before" : "after"} those that they stand in`,
      shown: columns[0]?.text ?? "_row",
    },
  ];
}

/** The sign that most filled cells of each column have; `?` where none has. */
function usualSigns(
  outlines: readonly { readonly outline: string; readonly rows: number }[],
  columns: number,
): readonly string[] {
  return Array.from({ length: columns }, (_, at) => {
    const counts = new Map<string, number>();
    for (const { outline, rows } of outlines) {
      const sign = outline[at] ?? "-";
      if (sign !== "-") counts.set(sign, (counts.get(sign) ?? 0) + rows);
    }
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const [best] = [...counts].sort((a, b) => b[1] - a[1]);
    return best !== undefined && best[1] >= total * mostly ? best[0] : "?";
  });
}

/** Where the cells of a row were moved, if from some column on all of them fit the one beside and not their own. */
function shiftOf(outline: string, usual: readonly string[]): "right" | "left" | undefined {
  const signs = [...outline];
  const misfits = signs.flatMap((sign, at) => (fits(sign, usual[at]) ? [] : [at]));
  const [first] = misfits;
  if (first === undefined || misfits.length < fewest) return undefined;
  const along = (by: 1 | -1, from: number, to: number): boolean =>
    signs.slice(from, to).every((sign, at) => fits(sign, usual[from + at - by]));
  const last = signs.length - 1;
  const enough = misfits.length > fewest;
  // To the right: what stood before the first misfit is empty, or was written over.
  if (along(1, first, signs.length) && (enough || signs.slice(0, first).includes("-")))
    return "right";
  return along(-1, first, last) && (enough || signs[last] === "-") ? "left" : undefined;
}

const fits = (sign: string, usual: string | undefined): boolean =>
  sign === "-" || usual === "?" || sign === usual;
