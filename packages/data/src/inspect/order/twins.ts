import { inspectionRules } from "../inspection-rules.ts";
import type { Survey } from "../survey.ts";
import type { Suspicion } from "../suspicion.ts";

/** Fewest values of a column. */
const fewest = 40;
/** Rows further on in which a value may come again as well as in the next one. */
const around = 12;
/** Share of steps in one direction from which on a column is in order, so that equal values are side by side. */
const inOrder = 0.85;

/**
 * Finds values that are those of the row before, in a column that hardly repeats itself: copied down, read twice, or moved by a
 * row against the others from there on. Chance repeats a value as soon in any row as in the next one, what is near in the file
 * and alike by nature repeats it in the row after next too, and of a row that is there twice other columns are the same.
 */
export async function inspectTwins(survey: Survey): Promise<readonly Suspicion[]> {
  const { chance, most } = inspectionRules.twin.thresholds;
  const varied = survey.columns.filter(
    ({ kind, present, distinct }) =>
      kind !== "date" && present >= fewest && (present - distinct) * 2 <= present * chance,
  );
  const columns = varied.filter(({ present, distinct }) => distinct < present);
  if (columns.length === 0) return [];
  const lags = Array.from({ length: around - 1 }, (_, at) => at + 2);
  const seen = varied.map(
    ({ text, number: n, index, kind }) =>
      `coalesce(${text} = lag(${text}) OVER w, false) AS s${index}, (${lags.map((by) => `coalesce(${text} = lag(${text}, ${by}) OVER w, false)`).join(" OR ")}) AS a${index}, ${kind === "number" ? `${n} >= lag(${n})` : `${text} >= lag(${text})`} OVER w AS u${index}`,
  );
  const table = `(SELECT _row, ${seen.join(", ")} FROM ${survey.table} WINDOW w AS (ORDER BY _row))`;
  const others = (index: number): string =>
    varied.flatMap((one) => (one.index === index ? [] : [` AND NOT s${one.index}`])).join("");
  const [row = {}] = await survey.engine.rows(
    `SELECT ${columns.map(({ index }) => `count(*) FILTER (s${index})::DOUBLE AS s${index}, count(*) FILTER (s${index}${others(index)})::DOUBLE AS o${index}, count(*) FILTER (a${index})::DOUBLE AS a${index}, avg(u${index}::INT)::DOUBLE AS u${index}`).join(", ")} FROM ${table}`,
    survey.signal,
  );
  return columns.flatMap(({ index, name, text, present, distinct }): Suspicion[] => {
    const [twins = 0, own = 0, near = 0, onward = 0] = ["s", "o", "a", "u"].map((key) =>
      Number(row[`${key}${index}`]),
    );
    const ordered = Math.abs(onward - 0.5) >= inOrder - 0.5;
    if (twins === 0 || twins > most || own < twins || near > 0 || ordered) return [];
    // Of the pairs that are alike, as many as chance would put side by side.
    const expected = ((present - distinct) * 2) / present;
    return [
      {
        rule: "twin",
        columns: [name],
        rows: `SELECT DISTINCT unnest([_row - 1, _row]) AS _row FROM ${table} WHERE s${index}`,
        score: 1 - 0.5 * (expected / chance),
        evidence: `${twins === 1 ? "a value is" : `${twins} values are`} that of the row before: copied, or the column is a row late from there on. Of ${present} values ${distinct} are different`,
        shown: text,
      },
    ];
  });
}
