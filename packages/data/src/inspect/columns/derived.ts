import { inspectionRules } from "../inspection-rules.ts";
import type { Survey, SurveyColumn } from "../survey.ts";
import { rowsAtMost, type Suspicion } from "../suspicion.ts";

/** Columns of texts that are held against each other, and of dates. */
const columnLimit = 16;
const dateLimit = 4;
/** Rows that show which texts hold others. */
const tried = 100;
/** Fewest rows that show that one column is made of another. */
const fewest = 20;
/** A part of a date, the least that it is, and how many different ones there are. */
interface Part {
  readonly what: string;
  readonly of: (date: string) => string;
  readonly from: number;
  readonly different: number;
}

/** Parts of dates that files keep in a column of their own, and how DuckDB says them. */
const parts: readonly Part[] = [
  { what: "year", of: (date) => `year(${date})`, from: 1000, different: 400 },
  { what: "month", of: (date) => `month(${date})`, from: 1, different: 12 },
  { what: "day", of: (date) => `day(${date})`, from: 1, different: 31 },
  { what: "hour", of: (date) => `hour(${date})`, from: 0, different: 24 },
  { what: "week", of: (date) => `week(${date})`, from: 1, different: 53 },
  { what: "quarter", of: (date) => `quarter(${date})`, from: 1, different: 4 },
  { what: "day of the week", of: (date) => `isodow(${date})`, from: 1, different: 7 },
  { what: "day of the year", of: (date) => `dayofyear(${date})`, from: 1, different: 366 },
];
const names: readonly Part[] = [
  { what: "month", of: (date) => `monthname(${date})`, from: 0, different: 12 },
  { what: "month", of: (date) => `monthname(${date})[:3]`, from: 0, different: 12 },
  { what: "day of the week", of: (date) => `dayname(${date})`, from: 0, different: 7 },
  { what: "day of the week", of: (date) => `dayname(${date})[:3]`, from: 0, different: 7 },
];

/** Something that may hold of two columns in each row. */
interface Relation {
  readonly columns: readonly [made: SurveyColumn, of: SurveyColumn];
  readonly holds: string;
  /** The same, with the other column of a row half a table away: how often it holds by chance. */
  readonly byChance: string;
  readonly words: string;
}

/** Finds rows whose parts of dates, or texts within other texts, are not those of their row, as elsewhere. */
export async function inspectDerived(survey: Survey): Promise<readonly Suspicion[]> {
  const usable = survey.columns.filter(
    ({ present, distinct }) => present >= fewest && distinct >= 3,
  );
  const relations = [...ofDates(usable), ...(await ofTexts(survey, usable))];
  if (relations.length === 0) return [];
  const sources = [...new Set(relations.map(({ columns: [, of] }) => of))];
  const away = Math.floor(survey.rows / 2);
  const before = sources.map(
    ({ index, text, number }) =>
      `lag(${text}, ${away}) OVER (ORDER BY _row) AS bc${index}, lag(${number}, ${away}) OVER (ORDER BY _row) AS bn${index}`,
  );
  const [row = {}] = await survey.engine.rows(
    `SELECT ${relations.map(({ holds, byChance }, at) => `count(*) FILTER (${holds})::DOUBLE AS h${at}, count(${holds})::DOUBLE AS n${at}, count(*) FILTER (${byChance})::DOUBLE AS c${at}`).join(", ")} FROM (SELECT *, ${before.join(", ")} FROM ${survey.table})`,
    survey.signal,
  );
  const { most, chance } = inspectionRules.derived.thresholds;
  return relations.flatMap(({ columns: [made, of], holds, words }, at) => {
    const [held, total, chances] = ["h", "n", "c"].map((key) => Number(row[`${key}${at}`])) as [
      number,
      number,
      number,
    ];
    const count = total - held;
    const limit = rowsAtMost(total, most);
    if (total < fewest || count === 0 || count > limit || chances > (total / 2) * chance) return [];
    return [
      {
        rule: "derived" as const,
        columns: [made.name, of.name],
        rows: `SELECT _row FROM ${survey.table} WHERE NOT (${holds})`,
        score: 1 - 0.4 * (count / limit),
        evidence: `${words} in all of ${total} rows but ${count}`,
        shown: made.text,
      },
    ];
  });
}

function ofDates(columns: readonly SurveyColumn[]): readonly Relation[] {
  const dates = columns.filter(({ kind }) => kind === "date").slice(0, dateLimit);
  const time = (n: string): string =>
    `make_timestamp(CAST(round(${n} * 86400) AS BIGINT) * 1000000)`;
  // A few values may be wrong, and others than there can be.
  const could = ({ kind, lowest, distinct }: SurveyColumn, { from, different }: Part): boolean =>
    distinct <= different * 1.2 + 3 && (kind === "words" || lowest >= from);
  return dates.flatMap((date) =>
    columns
      .filter(({ kind }) => kind !== "date")
      .flatMap((made) =>
        (made.kind === "number" ? parts : names)
          .filter((part) => could(made, part))
          .map(({ what, of }): Relation => {
            const equal = (n: string): string =>
              made.kind === "number"
                ? `${made.number} = ${of(time(n))}`
                : `lower(${made.text}) = lower(${of(time(n))})`;
            return {
              columns: [made, date],
              holds: equal(date.number),
              byChance: equal(`bn${date.index}`),
              words: `'${made.name}' is the ${what} of '${date.name}'`,
            };
          }),
      ),
  );
}

/** Texts that hold others, as a few rows show. */
async function ofTexts(
  survey: Survey,
  columns: readonly SurveyColumn[],
): Promise<readonly Relation[]> {
  const texts = columns.filter(({ kind }) => kind !== "date").slice(0, columnLimit);
  if (!texts.some(({ kind }) => kind === "words") || texts.length < 2) return [];
  const step = Math.max(1, Math.floor(survey.rows / tried));
  const drawn = await survey.engine.rows(
    `SELECT ${texts.map(({ text, index }) => `lower(${text}) AS v${index}`).join(", ")} FROM ${survey.table} WHERE _row % ${step} = 0 ORDER BY _row LIMIT ${2 * tried}`,
    survey.signal,
  );
  const holds = (whole: SurveyColumn, part: SurveyColumn): boolean => {
    const pairs = drawn.flatMap((row) => {
      const [one, other] = [row[`v${whole.index}`], row[`v${part.index}`]];
      return typeof one === "string" && typeof other === "string" ? [one.includes(other)] : [];
    });
    return pairs.length >= fewest / 2 && pairs.filter(Boolean).length >= pairs.length * 0.85;
  };
  return texts
    .filter(({ kind }) => kind === "words")
    .flatMap((whole) =>
      texts
        .filter((part) => part !== whole && holds(whole, part))
        .map((part): Relation => {
          const within = (text: string): string => `contains(lower(${text}), lower(${part.text}))`;
          return {
            columns: [part, whole],
            holds: within(whole.text),
            byChance: within(`bc${whole.index}`),
            words: `'${whole.name}' holds '${part.name}'`,
          };
        }),
    );
}
