import { literal } from "../../engine/sql.ts";
import { isDelimited } from "../../source/source.ts";
import type { Survey } from "../survey.ts";
import type { Suspicion } from "../suspicion.ts";

/** What may divide values: neither letters, digits, spaces nor quotes, nor what names are made of. */
const marks = /[^\p{L}\p{N}\s"'_.-]/gu;
/** Share of the values that must hold a mark as often as the header does. */
const regular = 0.9;

/** Finds that the only column of a delimited file is several, divided by a mark that files are not divided by otherwise. */
export async function undividedRows(survey: Survey): Promise<readonly Suspicion[]> {
  const { columns, rows, table, engine, signal, source } = survey;
  const [column] = columns;
  if (column === undefined || columns.length > 1 || !isDelimited(source)) return [];
  const found = column.name.match(marks) ?? [];
  const times = new Map(found.map((mark) => [mark, found.filter((one) => one === mark).length]));
  for (const [mark, count] of times) {
    const without = `replace(${column.text}, ${literal(mark)}, '')`;
    const condition = `length(${column.text}) - length(${without}) = ${count * mark.length}`;
    const [row] = await engine.rows(
      `SELECT count(*) FILTER (${condition})::DOUBLE AS n FROM ${table}`,
      signal,
    );
    const values = Number(row?.["n"]);
    if (values < rows * regular) continue;
    return [
      {
        rule: "layout",
        columns: [column.name],
        rows: `SELECT _row FROM ${table} WHERE ${condition}`,
        score: 0.9,
        evidence: `the header and ${values} of ${rows} lines hold '${mark}' ${count === 1 ? "once" : `${count} times`}: if it divides values, write ',', ';', '|' or a tab in its place`,
        shown: column.text,
      },
    ];
  }
  return [];
}
