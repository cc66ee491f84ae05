import type { Survey, SurveyColumn } from "../survey.ts";
import type { Suspicion } from "../suspicion.ts";
import { likeliestRun } from "./property-runs.ts";

/** Fewest values, and the share of them that are different, of a column that hardly repeats itself. */
const fewest = 40;
const varied = 0.3;
/** Of what a bend of a line is made when its points are written as integers: each of three is off by a half, the middle one twice. */
const bend = 2;

/** Values that each stay for some rows, of a column that is read more often than it is measured. */
const heldValues = 3;

/**
 * Finds values that were made from others: on a straight line between two of them, counted on from the first, or each kept for
 * some rows, in a column whose values go up and down.
 */
export async function inspectFilled(survey: Survey): Promise<readonly Suspicion[]> {
  const columns = survey.columns.filter(
    ({ present, distinct, kind }) =>
      kind !== "date" && present >= fewest && distinct >= present * varied,
  );
  const found: Suspicion[] = [];
  for (const column of columns) {
    found.push(
      ...(column.kind === "number" ? await lineIn(survey, column) : await countIn(survey, column)),
    );
  }
  return found;
}

async function lineIn(survey: Survey, column: SurveyColumn): Promise<readonly Suspicion[]> {
  const { number: n, text } = column;
  const [row] = await survey.engine.rows(
    `SELECT quantile_disc(length(split_part(${text}, '.', 2)), 0.5)::DOUBLE AS d FROM ${survey.table} WHERE ${n} IS NOT NULL`,
    survey.signal,
  );
  const second = `abs(lead(${n}) OVER w - 2 * ${n} + lag(${n}) OVER w)`;
  // Equal values are on a line too, and are stuck.
  const goesOn = `${n} <> lag(${n}) OVER w`;
  const unit = 10 ** -Number(row?.["d"] ?? 0);
  return likeliestRun(survey, column, "filled", [
    {
      what: "values on a straight line",
      condition: `${goesOn} AND ${second} <= 1e-9 * greatest(abs(${n}), ${unit})`,
    },
    {
      what: "values on a straight line, but for their last digit,",
      condition: `${second} <= ${unit * bend * (1 + 1e-9)}`,
    },
    {
      what: "values that stay for two rows and more",
      condition: `(coalesce(${n} = lag(${n}) OVER w, false) OR coalesce(${n} = lead(${n}) OVER w, false))`,
      different: heldValues,
    },
  ]);
}

async function countIn(survey: Survey, column: SurveyColumn): Promise<readonly Suspicion[]> {
  const { text } = column;
  const number = `TRY_CAST(regexp_extract(${text}, '([0-9]{1,15})$', 1) AS BIGINT)`;
  const before = `regexp_replace(${text}, '[0-9]+$', '')`;
  return likeliestRun(survey, column, "filled", [
    {
      what: "values that count up by one",
      condition: `${number} - lag(${number}) OVER w = 1 AND ${before} = lag(${before}) OVER w`,
    },
  ]);
}
