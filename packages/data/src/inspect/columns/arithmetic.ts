import { inspectionRules } from "../inspection-rules.ts";
import type { Survey, SurveyColumn } from "../survey.ts";
import type { Suspicion } from "../suspicion.ts";

/** Columns of numbers that are tried. */
const columnLimit = 12;
/** What a result may be off by, of itself and at all: it was rounded. */
const relative = 0.001;
const absolute = 0.011;
/** Rows that a law is tried on before it is held against all. */
const tried = 200;

/** Share of the tried rows in which a law may be broken. */
const exceptions = 0.2;

/** A law between three columns. */
interface Law {
  readonly columns: readonly [SurveyColumn, SurveyColumn, SurveyColumn];
  readonly operation: "+" | "*";
}

/** Finds rows in which a sum or a product does not come out as it does elsewhere. */
export async function inspectArithmetic(survey: Survey): Promise<readonly Suspicion[]> {
  const columns = survey.columns
    .filter(({ kind, present, distinct }) => kind === "number" && present >= 20 && distinct >= 5)
    .slice(0, columnLimit);
  if (columns.length < 3) return [];
  const step = Math.max(1, Math.floor(survey.rows / tried));
  const drawn = await survey.engine.rows(
    `SELECT ${columns.map(({ number, index }) => `${number}::DOUBLE AS v${index}`).join(", ")} FROM ${survey.table} WHERE _row % ${step} = 0 ORDER BY _row LIMIT ${2 * tried}`,
    survey.signal,
  );
  const values = columns.map(({ index }) =>
    drawn.map((row) => (row[`v${index}`] === null ? Number.NaN : Number(row[`v${index}`]))),
  );
  const likely = columns.flatMap((one, first) =>
    columns.slice(first).flatMap((other, more) =>
      columns.flatMap((result, third): readonly Law[] => {
        const second = first + more;
        if (result === one || result === other || one === other) return [];
        return (["+", "*"] as const)
          .filter((operation) =>
            isLaw(operation, values[first] ?? [], values[second] ?? [], values[third] ?? []),
          )
          .map((operation) => ({ columns: [one, other, result], operation }));
      }),
    ),
  );
  if (likely.length === 0) return [];
  const [row = {}] = await survey.engine.rows(
    `SELECT ${countsOf(likely)} FROM ${survey.table}`,
    survey.signal,
  );
  const { most } = inspectionRules.arithmetic.thresholds;
  return likely.flatMap((law, index) => {
    const { columns: involved } = law;
    const { applies, broken, words } = said(law);
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

/** Whether a law holds in most of the rows that it has something to say about. */
function isLaw(
  operation: Law["operation"],
  one: readonly number[],
  other: readonly number[],
  result: readonly number[],
): boolean {
  let applying = 0;
  let broken = 0;
  for (const [at, c] of result.entries()) {
    const [a, b] = [one[at] ?? Number.NaN, other[at] ?? Number.NaN];
    const expected = operation === "+" ? a + b : a * b;
    if (Number.isNaN(expected) || Number.isNaN(c) || saysNothing(operation, a, b)) continue;
    applying += 1;
    if (!(Math.abs(expected - c) <= Math.abs(c) * relative + absolute)) broken += 1;
    if (broken > 10 + result.length * exceptions) return false;
  }
  return applying >= 10 && broken <= applying * exceptions;
}

/** Adding nothing, or multiplying by one, is no law. */
function saysNothing(operation: Law["operation"], a: number, b: number): boolean {
  return a === 0 || b === 0 || (operation === "*" && (a === 1 || b === 1 || Math.abs(a * b) <= 1));
}

/** The same for the database, and in words. */
function said({ columns: [one, other, result], operation }: Law): {
  readonly words: string;
  readonly applies: string;
  readonly broken: string;
} {
  const [a, b, c] = [one.number, other.number, result.number];
  const factors = operation === "*" ? ` AND ${a} <> 1 AND ${b} <> 1 AND abs(${a} * ${b}) > 1` : "";
  return {
    words: `'${result.name}' is '${one.name}' ${operation === "+" ? "and" : "times"} '${other.name}'${operation === "+" ? " together" : ""}`,
    applies: `${c} IS NOT NULL AND ${a} <> 0 AND ${b} <> 0${factors}`,
    broken: `abs(${a} ${operation} ${b} - ${c}) > abs(${c}) * ${relative} + ${absolute}`,
  };
}

const countsOf = (laws: readonly Law[]): string =>
  laws
    .map(said)
    .map(
      ({ applies, broken }, index) =>
        `count(*) FILTER (${applies})::DOUBLE AS a${index}, count(*) FILTER (${applies} AND ${broken})::DOUBLE AS b${index}`,
    )
    .join(", ");
