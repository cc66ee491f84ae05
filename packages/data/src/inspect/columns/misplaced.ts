import { literal } from "../../engine/sql.ts";
import { atMost } from "../chance.ts";
import { inspectionRules } from "../inspection-rules.ts";
import type { Survey, SurveyColumn } from "../survey.ts";
import type { Suspicion } from "../suspicion.ts";
import { isRareInProse, ofProse } from "../text/prose.ts";

/** Columns of words that are held against each other. */
const columnLimit = 12;
/** Of all pairs of columns together, chance makes one that is never the same this often. */
const unlikely = 0.001;
/** Rows in which a value is frequent where it belongs. */
const atHome = 4;
/** Shortest values of a column that refers to another one: small numbers are among others by chance. */
const shortest = 3;

/** Finds values that belong to another column, and references to what is not there. */
export async function inspectPlaces(survey: Survey): Promise<readonly Suspicion[]> {
  return [
    ...(await strangers(survey)),
    ...(await copies(survey)),
    ...(await numbersAmongWords(survey)),
    ...(await references(survey)),
  ];
}

async function strangers(survey: Survey): Promise<readonly Suspicion[]> {
  const columns = survey.columns
    .filter(({ kind, present, distinct }) => kind === "words" && present >= 20 && distinct >= 2)
    .slice(0, columnLimit);
  if (columns.length < 2) return [];
  const { most, times } = inspectionRules.misplaced.thresholds;
  const counted = columns
    .map(
      ({ text, index }) =>
        `SELECT ${index} AS c, ${text} AS v, count(*) AS n FROM ${survey.table} WHERE ${text} IS NOT NULL GROUP BY ${text}`,
    )
    .join(" UNION ALL ");
  const shared = await survey.engine.rows(
    `WITH counted AS (${counted}) SELECT here.c::DOUBLE AS here, there.c::DOUBLE AS there, sum(here.n)::DOUBLE AS all, list(here.v) FILTER (there.n >= ${atHome} AND there.n >= here.n * ${times}) AS v, coalesce(sum(here.n) FILTER (there.n >= ${atHome} AND there.n >= here.n * ${times}), 0)::DOUBLE AS n FROM counted AS here JOIN counted AS there ON here.v = there.v AND here.c <> there.c GROUP BY ALL ORDER BY here, there`,
    survey.signal,
  );
  return shared.flatMap((row) => {
    const [here, there] = ["here", "there"].map((key) =>
      columns.find(({ index }) => index === Number(row[key])),
    );
    const values = row["v"];
    const count = Number(row["n"]);
    if (here === undefined || there === undefined || !Array.isArray(values)) return [];
    const limit = here.present * most;
    // What comes often is a category of both columns.
    const often = count > values.length * 5;
    // Columns with a vocabulary in common hold the same things.
    if (count === 0 || Number(row["all"]) > Math.max(2, here.present * most * 2)) return [];
    // Nor is one of them out of place where more of its values are found in both columns alike: towns named as counties are.
    if (Number(row["all"]) - count > Math.max(2, count)) return [];
    // Of few rows one more or less says something else: the rule of succession.
    if (count + 1 > limit || values.length > 100) return [];
    return [
      {
        rule: "misplaced" as const,
        columns: [here.name, there.name],
        rows: `SELECT _row FROM ${survey.table} WHERE ${here.text} IN (${values.map((value) => literal(String(value))).join(", ")})`,
        score: (1 - 0.4 * (count / limit)) * (often ? 0.5 : 1),
        evidence: `${count} of ${here.present} values are usual in '${there.name}' and not here`,
        shown: here.text,
      },
    ];
  });
}

/** Columns that hold the same things and never have the same in one row, as two ends of a way. */
async function copies(survey: Survey): Promise<readonly Suspicion[]> {
  const columns = survey.columns
    .filter(({ kind, present, distinct }) => kind === "words" && present >= 20 && distinct >= 4)
    .slice(0, columnLimit);
  const pairs = columns.flatMap((one, at) =>
    columns.slice(at + 1).map((other) => ({ one, other })),
  );
  if (pairs.length === 0) return [];
  const frequencies = columns
    .map(
      ({ text, index }) =>
        `SELECT ${index} AS c, ${text} AS v, count(*) / ${survey.rows} AS p FROM ${survey.table} WHERE ${text} IS NOT NULL GROUP BY ${text}`,
    )
    .join(" UNION ALL ");
  const expected = await survey.engine.rows(
    `WITH f AS (${frequencies}) SELECT one.c::DOUBLE AS one, other.c::DOUBLE AS other, (sum(one.p * other.p) * ${survey.rows})::DOUBLE AS n FROM f AS one JOIN f AS other ON one.v = other.v AND one.c < other.c GROUP BY ALL ORDER BY one, other`,
    survey.signal,
  );
  const { times } = inspectionRules.misplaced.thresholds;
  const found: Suspicion[] = [];
  for (const row of expected) {
    const pair = pairs.find(
      ({ one, other }) => one.index === Number(row["one"]) && other.index === Number(row["other"]),
    );
    if (pair === undefined || Number(row["n"]) < times) continue;
    const { one, other } = pair;
    const equal = `${one.text} = ${other.text}`;
    const [counted] = await survey.engine.rows(
      `SELECT count(*) FILTER (${equal})::DOUBLE AS n FROM ${survey.table}`,
      survey.signal,
    );
    const count = Number(counted?.["n"]);
    if (count === 0 || count * 3 > Number(row["n"])) continue;
    if (atMost(count, Number(row["n"])) > unlikely / pairs.length) continue;
    found.push({
      rule: "misplaced",
      columns: [one.name, other.name],
      rows: `SELECT _row FROM ${survey.table} WHERE ${equal}`,
      score: 1 - 1.5 * (count / Number(row["n"])),
      evidence: `'${one.name}' and '${other.name}' are the same in ${count} rows; chance alone would make ${Math.round(Number(row["n"]))}`,
      shown: one.text,
    });
  }
  return found;
}

async function numbersAmongWords(survey: Survey): Promise<readonly Suspicion[]> {
  const columns = survey.columns.filter(({ kind, present }) => kind === "words" && present >= 20);
  if (columns.length === 0) return [];
  const isNumber = ({ text }: SurveyColumn): string =>
    `regexp_full_match(trim(${text}), '[-+]?[0-9]*[.]?[0-9]+([eE][-+]?[0-9]+)?|[0-9]{4}-[0-9]{2}-[0-9]{2}.*')`;
  const [row = {}] = await survey.engine.rows(
    `SELECT ${columns.map((column) => `count(*) FILTER (${isNumber(column)})::DOUBLE AS n${column.index}, count(*) FILTER (regexp_matches(${column.text}, '[0-9]'))::DOUBLE AS d${column.index}`).join(", ")} FROM ${survey.table}`,
    survey.signal,
  );
  const { most } = inspectionRules.misplaced.thresholds;
  return columns.flatMap((column) => {
    const count = Number(row[`n${column.index}`]);
    const limit = Math.max(1, column.present * most);
    const others = Number(row[`d${column.index}`]) - count;
    if (count === 0 || count > limit || others > Math.max(2, limit)) return [];
    return [
      {
        rule: "misplaced" as const,
        columns: [column.name],
        rows: `SELECT _row FROM ${survey.table} WHERE ${isNumber(column)}`,
        score: (1 - 0.4 * (count / limit)) * (isRareInProse(column, count) ? ofProse : 1),
        evidence: `${count} of ${column.present} values are numbers or dates among words`,
        shown: column.text,
      },
    ];
  });
}

/** Columns nearly all of whose values are values of a key. */
async function references(survey: Survey): Promise<readonly Suspicion[]> {
  const { most } = inspectionRules.reference.thresholds;
  const keys = survey.columns.filter(
    ({ present, distinct }) => present >= 20 && distinct >= present * (1 - most),
  );
  const referring = survey.columns.filter(
    ({ present, distinct, kind }) =>
      kind !== "date" && present >= 20 && distinct >= 4 && distinct < present * 0.7,
  );
  const pairs = referring.flatMap((from) =>
    keys.filter((key) => key !== from && key.kind === from.kind).map((to) => ({ from, to })),
  );
  const found: Suspicion[] = [];
  for (const { from, to } of pairs.slice(0, columnLimit * 2)) {
    const unknown = `${from.text} IS NOT NULL AND ${from.text} NOT IN (SELECT ${to.text} FROM ${survey.table} WHERE ${to.text} IS NOT NULL)`;
    const [row] = await survey.engine.rows(
      `SELECT count(*) FILTER (${unknown})::DOUBLE AS n, min(length(${from.text}))::DOUBLE AS l FROM ${survey.table}`,
      survey.signal,
    );
    const count = Number(row?.["n"]);
    const limit = Math.max(1, from.present * most);
    if (count === 0 || count > limit || Number(row?.["l"]) < shortest) continue;
    found.push({
      rule: "reference",
      columns: [from.name, to.name],
      rows: `SELECT _row FROM ${survey.table} WHERE ${unknown}`,
      score: 1 - 0.4 * (count / limit),
      evidence: `${count} of ${from.present} values are not among those of '${to.name}', as the others are`,
      shown: from.text,
    });
  }
  return found;
}
