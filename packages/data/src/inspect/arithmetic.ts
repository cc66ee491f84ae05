import { inspectionRules } from "./inspection-rules.ts";
import type { Survey, SurveyColumn } from "./survey.ts";
import type { Suspicion } from "./suspicion.ts";

/** Columns of numbers that are tried. */
const columnLimit = 12;
/** Rows that a law is tried on before it is held against all. */
const tried = 200;

/** A law between three columns: what its sides differ by, and by how much they may. */
interface Law {
  readonly columns: readonly [SurveyColumn, SurveyColumn, SurveyColumn];
  readonly words: string;
  /** A condition for the rows that the law has something to say about. */
  readonly applies: string;
  readonly broken: string;
}

/** Finds rows in which a sum or a product does not come out as it does elsewhere. */
export async function inspectArithmetic(survey: Survey): Promise<readonly Suspicion[]> {
  const columns = survey.columns
    .filter(({ kind, present, distinct }) => kind === "number" && present >= 20 && distinct >= 5)
    .slice(0, columnLimit);
  const laws = columns.flatMap((one, at) =>
    columns
      .slice(at + 1)
      .flatMap((other) =>
        columns.flatMap((result) =>
          result === one || result === other ? [] : lawsOf(one, other, result),
        ),
      ),
  );
  if (laws.length === 0) return [];
  const step = Math.max(1, Math.floor(survey.rows / tried));
  const [sample = {}] = await survey.engine.rows(
    `SELECT ${countsOf(laws)} FROM (SELECT * FROM ${survey.table} WHERE _row % ${step} = 0)`,
    survey.signal,
  );
  const likely = laws.filter((_, index) => {
    const [applying, broken] = [Number(sample[`a${index}`]), Number(sample[`b${index}`])];
    return applying >= 10 && broken <= applying * 0.2;
  });
  if (likely.length === 0) return [];
  const [row = {}] = await survey.engine.rows(
    `SELECT ${countsOf(likely)} FROM ${survey.table}`,
    survey.signal,
  );
  const { most } = inspectionRules.arithmetic.thresholds;
  return likely.flatMap(({ columns: involved, words, applies, broken }, index) => {
    const [applying, count] = [Number(row[`a${index}`]), Number(row[`b${index}`])];
    const limit = Math.max(1, applying * most);
    if (count === 0 || count > limit || applying < survey.rows * 0.3) return [];
    return [
      {
        rule: "arithmetic" as const,
        columns: involved.map(({ name }) => name),
        rows: `SELECT _row FROM ${survey.table} WHERE ${applies} AND ${broken}`,
        score: 1 - 0.4 * (count / limit),
        evidence: `${words} in all of ${applying} rows but ${count}`,
        shown: involved[2].text,
      },
    ];
  });
}

function lawsOf(one: SurveyColumn, other: SurveyColumn, result: SurveyColumn): readonly Law[] {
  const [a, b, c] = [one.number, other.number, result.number];
  // Adding nothing, or multiplying by one, is no law.
  const present = `${c} IS NOT NULL AND ${a} <> 0 AND ${b} <> 0`;
  const law = (sum: string, words: string, applies: string): Law => ({
    columns: [one, other, result],
    words,
    applies,
    broken: `abs(${sum} - ${c}) > abs(${c}) * 0.001 + 0.011`,
  });
  return [
    law(`(${a} + ${b})`, `'${result.name}' is '${one.name}' and '${other.name}' together`, present),
    law(
      `(${a} * ${b})`,
      `'${result.name}' is '${one.name}' times '${other.name}'`,
      `${present} AND ${a} <> 1 AND ${b} <> 1 AND abs(${a} * ${b}) > 1`,
    ),
  ];
}

const countsOf = (laws: readonly Law[]): string =>
  laws
    .map(
      ({ applies, broken }, index) =>
        `count(*) FILTER (${applies})::DOUBLE AS a${index}, count(*) FILTER (${applies} AND ${broken})::DOUBLE AS b${index}`,
    )
    .join(", ");
