import { literal } from "../../engine/sql.ts";
import { fieldCounts } from "../../source/lines.ts";
import { brokenRows } from "../../source/mend-source.ts";
import { atLeast } from "../chance.ts";
import { inspectionRules } from "../inspection-rules.ts";
import type { Survey, SurveyColumn } from "../survey.ts";
import type { Suspicion } from "../suspicion.ts";
import { undividedRows } from "./undivided.ts";

/** Words that a row of sums begins with. */
const totals =
  "(?i)\\s*(grand |sub)?totals?\\s*:?|(?i)\\s*(sum|overall|average|mean|all rows)\\s*:?";
/** Of the rows that repeat, how many more may do so when another column is left out: else they repeat by chance. */
const byChance = 0.15;

/** Further columns that are left out, one at a time, to see whether rows are alike by chance. */
const columnsLeftOut = 3;
/** Most columns with which that is tried. */
const mostColumns = 30;
/** Rows that are alike are no chance when it makes so many less often than this, */
const unlikely = 0.05;
/** and when there are at least so many times as many: columns say something of each other, and so are alike more often. */
const farMore = 4;

/** Finds rows that are no records: headers, footers, sums, and rows that are there twice. */
export async function inspectRows(survey: Survey): Promise<readonly Suspicion[]> {
  const broken = brokenRecords(survey);
  if (survey.rows < 5) return broken;
  if (survey.columns.length < 2) return [...broken, ...(await undividedRows(survey))];
  return [
    ...broken,
    ...(await raggedRows(survey)),
    ...(await strayRows(survey)),
    ...(await repeatedRows(survey)),
  ];
}

async function raggedRows(survey: Survey): Promise<readonly Suspicion[]> {
  const { source, columns, rows, engine, signal } = survey;
  const { lines } = source;
  if (lines === undefined) return [];
  const found = async (
    rule: "ragged" | "layout",
    condition: string,
    says: string,
  ): Promise<readonly Suspicion[]> => {
    const odd = `SELECT _row FROM ${fieldCounts(source, lines)} WHERE ${condition}`;
    const [row] = await engine.rows(
      `SELECT count(*)::DOUBLE AS n, min(_row)::DOUBLE AS first, max(_row)::DOUBLE AS last FROM (${odd})`,
      signal,
    );
    const [count = 0, first = 0, last = 0] = ["n", "first", "last"].map((key) =>
      Number(row?.[key]),
    );
    if (count === 0) return [];
    // One after the other they are another layout, of any length.
    const together = count > 1 && last - first + 1 === count;
    const share = Math.min(1, count / (rows * inspectionRules.ragged.thresholds.most));
    const place = together ? `rows ${first} to ${last}` : `${count} lines`;
    return [
      {
        rule,
        columns: columns.map(({ name }) => name),
        rows: odd,
        score: together ? 0.95 : 1 - 0.5 * share,
        evidence: `${place} ${says}`,
        shown: columns[0]?.text ?? "_row",
      },
    ];
  };
  const values = lines.names.length;
  return [
    ...(await found(
      "ragged",
      `fields <> ${values}`,
      `do not have the ${values} values of the header`,
    )),
    ...(await found(
      "layout",
      "otherwise",
      "are divided by another mark than the header, or end with one",
    )),
  ];
}

/** What could not be read of files of JSON, which were read through copies. */
function brokenRecords({ source, columns, rows }: Survey): readonly Suspicion[] {
  let before = 0;
  return (source.files ?? [{ ...source, rows }]).flatMap((file) => {
    const [first, last] = [before, before + file.rows];
    before = last;
    const { mended } = file;
    if (mended === undefined) return [];
    const names = columns.map(({ name }) => name);
    const found = { columns: names, score: 1, shown: columns[0]?.text ?? "_row" };
    const [one] = mended.first;
    const records: Suspicion[] =
      one === undefined
        ? []
        : [
            {
              ...found,
              rule: "broken-record",
              rows: brokenRows(mended, first),
              evidence: `records that could not be read whole: ${mended.broken}; in line ${one.line}: ${one.why}`,
            },
          ];
    // A record that the end cuts off is among the broken ones.
    if (!mended.cut || mended.cutRecord) return records;
    const evidence = "the file ends before its array does: what came after this record is missing";
    return [...records, { ...found, rule: "cut-off", rows: `SELECT ${last} AS _row`, evidence }];
  });
}

async function strayRows(survey: Survey): Promise<readonly Suspicion[]> {
  const { columns, rows, table } = survey;
  const names = columns.map(({ name }) => name);
  const asNamed = columns
    .map(
      ({ text, name }) => `(CASE WHEN trim(${text}) = ${literal(name.trim())} THEN 1 ELSE 0 END)`,
    )
    .join(" + ");
  const header = `(${asNamed}) >= ${Math.max(2, Math.ceil(columns.length * inspectionRules["repeated-header"].thresholds.columns))}`;
  const filled = columns.filter(({ present }) => present >= rows * 0.9);
  const empty = filled
    .map(({ text }) => `(CASE WHEN ${text} IS NULL THEN 1 ELSE 0 END)`)
    .join(" + ");
  const bare = inspectionRules["bare-row"].thresholds;
  const isBare = filled.length < 3 ? "false" : `(${empty}) >= ${filled.length - bare.values}`;
  const [first] = columns.filter(({ kind }) => kind === "words");
  const begins = columns[0];
  const total = [first, begins].flatMap((column) =>
    column === undefined
      ? []
      : [`coalesce(regexp_full_match(${column.text}, ${literal(totals)}), false)`],
  );
  const isTotal = total.length === 0 ? "false" : `(${total.join(" OR ")})`;
  const [row = {}] = await survey.engine.rows(
    `SELECT count(*) FILTER (${header})::DOUBLE AS h, count(*) FILTER (${isBare})::DOUBLE AS b, count(*) FILTER (${isTotal})::DOUBLE AS t FROM ${table}`,
    survey.signal,
  );
  const found: Suspicion[] = [];
  const add = (
    rule: "repeated-header" | "bare-row" | "total-row",
    condition: string,
    evidence: string,
  ): void => {
    found.push({
      rule,
      columns: names,
      rows: `SELECT _row FROM ${table} WHERE ${condition}`,
      score: 0.95,
      evidence,
      shown: columns[0]?.text ?? "_row",
    });
  };
  const of = (key: string): number => Number(row[key]);
  if (of("h") > 0)
    add("repeated-header", header, `${of("h")} rows hold the names of their columns`);
  if (of("b") > 0 && of("b") <= Math.max(1, rows * bare.most))
    add("bare-row", isBare, `${of("b")} rows have hardly a value`);
  if (of("t") > 0 && of("t") <= inspectionRules["total-row"].thresholds.rows)
    add("total-row", isTotal, `${of("t")} rows sum up others`);
  return found;
}

async function repeatedRows(survey: Survey): Promise<readonly Suspicion[]> {
  const { columns, rows, table } = survey;
  if (columns.length < 2) return [];
  const { most: share, told } = inspectionRules["duplicate-row"].thresholds;
  const most = Math.max(1, rows * share);
  const hashOf = (without: readonly SurveyColumn[]): string =>
    `hash(${columns
      .filter((column) => !without.includes(column))
      .map(({ text }) => text)
      .join(", ")})`;
  const tried = columns.length > 3 && columns.length <= mostColumns ? columns : [];
  // Rows that are alike by chance become many when one more column is left out.
  const without = tried.map((column) => {
    const richest = tried
      .filter((other) => other !== column)
      .sort((a, b) => b.distinct - a.distinct)
      .slice(0, columnsLeftOut);
    const less = richest.map((other) => hashOf([column, other]));
    return { column, hash: hashOf([column]), less };
  });
  const repeatsOf = (hash: string): string => `(count(*) - count(DISTINCT ${hash}))::DOUBLE`;
  const selected = [
    `${repeatsOf(hashOf([]))} AS d`,
    ...without.flatMap(({ hash, less }, index) => [
      `${repeatsOf(hash)} AS n${index}`,
      `greatest(${less.map(repeatsOf).join(", ")}) AS l${index}`,
    ]),
  ];
  const [row = {}] = await survey.engine.rows(
    `SELECT ${selected.join(", ")} FROM ${table}`,
    survey.signal,
  );
  const found: Suspicion[] = [];
  const names = columns.map(({ name }) => name);
  const exact = Number(row["d"]);
  const chances = without.map((_, index) => Number(row[`n${index}`]) - exact);
  // Rows that one column tells apart, or that are alike in nothing less than all columns, do not repeat by chance.
  const deliberate =
    columns.some(({ distinct }) => distinct >= (rows - exact) * 0.9) ||
    (chances.length > 0 && Math.max(...chances) <= exact * byChance);
  const limit = deliberate ? Math.max(1, rows * told) : most;
  if (exact > 0 && exact <= limit && !(await isAlikeByChance(survey, exact, hashOf))) {
    found.push({
      rule: "duplicate-row",
      columns: names,
      rows: `SELECT _row FROM (SELECT _row, count(*) OVER (PARTITION BY ${hashOf([])}) AS n FROM ${table}) WHERE n > 1`,
      score: 1 - 0.5 * (exact / limit),
      evidence: `${exact} rows equal earlier ones in all columns`,
      shown: columns[0]?.text ?? "_row",
    });
  }
  const alike = without.flatMap(({ column, hash }, index) => {
    const near = Number(row[`n${index}`]) - exact;
    const chance = Number(row[`l${index}`]) - exact - near;
    const isAlike = near > 0 && near <= most && near + exact <= limit && chance <= near * 0.5;
    return isAlike ? [{ column, hash, near }] : [];
  });
  const near = alike.reduce((sum, one) => sum + one.near, 0);
  if (alike.length > 0 && near <= most && near + exact <= limit) {
    const hashes = alike.map(({ hash }, at) => `count(*) OVER (PARTITION BY ${hash}) AS n${at}`);
    const more = alike.map((_, at) => `m < n${at}`).join(" OR ");
    const left = alike.map(({ column }) => `'${column.name}'`).join(" or ");
    found.push({
      rule: "duplicate-row",
      columns: names,
      rows: `SELECT _row FROM (SELECT _row, ${hashes.join(", ")}, count(*) OVER (PARTITION BY ${hashOf([])}) AS m FROM ${table}) WHERE ${more}`,
      score: 0.9 - 0.4 * (near / most),
      evidence: `${near} rows equal others in all columns but ${left}`,
      shown: alike[0]?.column.text ?? "_row",
    });
  }
  return found;
}

/**
 * Whether rows that repeat others are as many as come by chance where rows hold but a few categories: of rows that are alike in
 * all columns but one, some are alike in that one too.
 *
 * @param exact rows that equal earlier ones
 * @param hashOf a row's hash without some columns
 */
async function isAlikeByChance(
  { engine, table, rows, columns, signal }: Survey,
  exact: number,
  hashOf: (without: readonly SurveyColumn[]) => string,
): Promise<boolean> {
  if (columns.length < 2 || columns.length > mostColumns) return false;
  const counts = columns.map(
    (column) =>
      `SELECT count(*)::DOUBLE - count(DISTINCT ${hashOf([column])}) AS n, (SELECT sum(n * (n - 1)) FROM (SELECT count(*)::DOUBLE AS n FROM ${table} GROUP BY ${column.text})) AS pairs FROM ${table}`,
  );
  const found = await engine.rows(counts.join(" UNION ALL "), signal);
  return found.every((row) => {
    const meets = Number(row["pairs"]) / (rows * (rows - 1));
    // One more than there are: of few, none says little.
    const expected = (Number(row["n"]) - exact + 1) * (meets / Math.max(1 / rows, 1 - meets));
    return exact < expected * farMore || atLeast(exact, expected) > unlikely;
  });
}
