import { literal } from "../../engine/sql.ts";
import { inspectionRules } from "../inspection-rules.ts";
import type { Survey, SurveyColumn } from "../survey.ts";
import { rowsAtMost, type Suspicion } from "../suspicion.ts";

/** A way of writing that has a grammar of its own. */
interface Format {
  readonly what: string;
  /** Whether a text is written so, in SQL. */
  readonly holds: (text: string) => string;
}

const matches =
  (pattern: string) =>
  (text: string): string =>
    `regexp_full_match(trim(${text}), ${literal(pattern)})`;
/** Digits only, of some lengths, with the marks that people put between them. */
const bare = (text: string): string => `regexp_replace(${text}, '[- ]', '', 'g')`;
const weighted = (text: string, weight: string): string =>
  `list_sum(list_transform(string_split(reverse(${text}), ''), lambda d, i: ${weight}))`;
const digit = "coalesce(TRY_CAST(d AS INTEGER), 0)";
/** Every second digit from the right is doubled; the digits of all that add up to a multiple of ten (ISO/IEC 7812). */
const luhn = (text: string): string =>
  `${weighted(text, `CASE WHEN i % 2 = 0 THEN (2 * ${digit}) // 10 + (2 * ${digit}) % 10 ELSE ${digit} END`)} % 10 = 0`;
/** Every second digit from the right counts threefold (GS1). */
const gtin = (text: string): string =>
  `${weighted(text, `CASE WHEN i % 2 = 0 THEN 3 * ${digit} ELSE ${digit} END`)} % 10 = 0`;
/** The last sign may be X, for ten; places from the right are weights, and the sum is a multiple of 11 (ISO 2108). */
const isbn = (text: string): string =>
  `${weighted(text, `i * CASE WHEN d = 'X' THEN 10 ELSE ${digit} END`)} % 11 = 0`;
/** The first four signs go to the end, letters are numbers from 10; the whole is 1 modulo 97 (ISO 13616). */
const iban = (text: string): string =>
  `list_reduce(list_transform(string_split(${text}[5:] || ${text}[:4], ''), lambda d: CASE WHEN d BETWEEN 'A' AND 'Z' THEN ord(d) - 55 ELSE ${digit} END), lambda rest, d: (rest * CASE WHEN d > 9 THEN 100 ELSE 10 END + d) % 97, 0) = 1`;

const checked = (what: string, pattern: string, holds: (text: string) => string): Format => ({
  what: `${what}, by their check digits`,
  holds: (text) => `(${matches(pattern)(bare(text))} AND ${holds(bare(text))})`,
});

const grammars: readonly Format[] = [
  {
    what: "addresses of mail",
    holds: matches("[A-Za-z0-9._%+'-]+@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\\.)+[A-Za-z]{2,24}"),
  },
  {
    what: "addresses of the web",
    holds: matches('(https?|ftp)://([A-Za-z0-9_-]+\\.)+[A-Za-z]{2,24}(:[0-9]+)?([/?#][^\\s<>"]*)?'),
  },
  {
    what: "addresses of the internet",
    holds: matches("((25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})\\.){3}(25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})"),
  },
  {
    what: "UUIDs",
    holds: matches("[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}"),
  },
  {
    what: "telephone numbers with their country",
    holds: matches("\\+[1-9][0-9]?([ ()./-]{0,2}[0-9]){6,13}"),
  },
  {
    what: "times of day",
    holds: matches("([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?( ?[AaPp][Mm])?"),
  },
  { what: "colours", holds: matches("#([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})") },
];

/** Codes that say themselves whether they are right. */
const selfChecking: readonly Format[] = [
  checked("numbers of accounts (IBAN)", "[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}", iban),
  checked("numbers of articles (GTIN, ISBN-13)", "[0-9]{8}|[0-9]{12,14}", gtin),
  checked("numbers of books (ISBN-10)", "[0-9]{9}[0-9X]", isbn),
  checked("numbers of cards", "[0-9]{14,19}", luhn),
];
const formats: readonly Format[] = [...grammars, ...selfChecking];

/** Finds values that break the grammar of addresses, numbers and codes that all others of their column keep. */
export async function inspectFormats(survey: Survey): Promise<readonly Suspicion[]> {
  const columns = survey.columns.filter(
    ({ present, kind, distinct }) => present >= 10 && kind !== "date" && distinct >= 5,
  );
  if (columns.length === 0) return [];
  // Texts that could be any of these have a sign that they all have, or are digits of a code.
  const [hints = {}] = await survey.engine.rows(
    `SELECT ${columns.map(({ text, index }) => `count(*) FILTER (regexp_matches(${text}, '@|://|:[0-9]{2}|^[+#]|[.][0-9]+[.]|-[0-9A-Fa-f]{4}-|^[A-Z0-9][A-Z0-9 -]{6,}$'))::DOUBLE AS h${index}`).join(", ")} FROM ${survey.table}`,
    survey.signal,
  );
  const likely = columns.filter(({ index, present }) => Number(hints[`h${index}`]) > present * 0.8);
  if (likely.length === 0) return [];
  const [row = {}] = await survey.engine.rows(
    `SELECT ${likely.flatMap(({ text, index }) => formats.map(({ holds }, at) => `count(*) FILTER (${holds(text)})::DOUBLE AS f${index}_${at}`)).join(", ")} FROM ${survey.table}`,
    survey.signal,
  );
  return likely.flatMap((column) => {
    const counts = formats.map((_, at) => Number(row[`f${column.index}_${at}`]));
    return judge(survey, column, counts);
  });
}

function judge(
  survey: Survey,
  { name, text, present }: SurveyColumn,
  counts: readonly number[],
): readonly Suspicion[] {
  const at = keptFormat(counts, present);
  const format = at === undefined ? undefined : formats[at];
  if (at === undefined || format === undefined) return [];
  const count = present - (counts[at] ?? 0);
  return [
    {
      rule: "format",
      columns: [name],
      rows: `SELECT _row FROM ${survey.table} WHERE ${text} IS NOT NULL AND NOT coalesce(${format.holds(text)}, false)`,
      score: 1 - 0.4 * (count / limitOf(present)),
      evidence: `${count} of ${present} values are no ${format.what}, as the others are`,
      shown: text,
    },
  ];
}

const limitOf = (present: number): number =>
  rowsAtMost(present, inspectionRules.format.thresholds.most);

/** The format that all values but a few have; of several the one that most have. */
function keptFormat(counts: readonly number[], present: number): number | undefined {
  const best = counts.reduce((top, count, at) => (count > (counts[top] ?? 0) ? at : top), 0);
  const broken = present - (counts[best] ?? 0);
  return broken === 0 || broken > limitOf(present) ? undefined : best;
}
