import { literal } from "../../engine/sql.ts";
import { inspectionRules } from "../inspection-rules.ts";
import type { Survey, SurveyColumn } from "../survey.ts";
import { rowsAtMost, type Suspicion } from "../suspicion.ts";
import { mixedScripts } from "./likeness.ts";
import { isRareInProse, ofProse } from "./prose.ts";

/** A way of being written that no other value of a column should have. */
interface Mark {
  readonly rule: "broken-character" | "odd-character" | "spacing";
  readonly what: string;
  /** Regular expression (RE2). */
  readonly pattern: string;
  /** Free text has it now and then, as in titles. */
  readonly inProse?: true;
  /** Codes of letters and digits have it. */
  readonly inCodes?: true;
  /** No writer means it, however often it comes. */
  readonly never?: true;
}

/** What UTF-8 looks like after it was read as Windows-1252 or Latin-1: two or three such characters in a row. */
const mojibake =
  "[\u00c2\u00c3\u00c5\u00d0\u00d1][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u2013-\u203a\u20ac\u2122 ]|\u00e2[\u0080-\u00bf\u20ac][\u0080-\u00bf\u0152\u0153\u0160\u0161\u2010-\u203a\u20ac\u2122]|\u00ef\u00bf\u00bd|\u00ef\u00bb\u00bf";

/** Rows of each marked value on average from which on the mark is on purpose. */
const repeatsOnPurpose = 3;
/** Share of values with digits from which on a column is one of codes, which have no spaces. */
const codeShare = 0.2;

/** RE2 has no back references. */
const fourInARow = [..."abcdefghijklmnopqrstuvwxyz"].map((letter) => `${letter}{4}`).join("|");

const marks: readonly Mark[] = [
  { rule: "broken-character", what: "the replacement character U+FFFD", pattern: "\\x{FFFD}" },
  {
    rule: "broken-character",
    what: "control characters",
    pattern: "[\\x{00}-\\x{08}\\x{0B}\\x{0C}\\x{0E}-\\x{1F}\\x{7F}-\\x{9F}]",
  },
  {
    rule: "odd-character",
    what: "characters that are not seen: no-break and zero-width spaces, byte order marks",
    pattern: "[\\x{A0}\\x{AD}\\x{200B}-\\x{200F}\\x{2028}-\\x{202E}\\x{2060}\\x{FEFF}]",
    never: true,
  },
  { rule: "odd-character", what: "text that was decoded wrongly", pattern: mojibake, never: true },
  {
    rule: "odd-character",
    what: "HTML",
    pattern: "&(#[0-9]+|#x[0-9A-Fa-f]+|[A-Za-z]{2,8}[0-9]?);|</?[A-Za-z][^<>]*>",
    never: true,
  },
  { rule: "odd-character", what: "line breaks", pattern: "[\\r\\n]" },
  {
    rule: "odd-character",
    what: "escapes that were not read",
    pattern: "\\\\[nrtu\"'\\\\]|\\p{L}%[0-9A-F]{2}|%[0-9A-F]{2}%[0-9A-F]{2}",
    never: true,
  },
  {
    rule: "odd-character",
    what: "letters of another script inside a word",
    pattern: mixedScripts,
    never: true,
  },
  {
    rule: "odd-character",
    what: "letters apart from their accents, or joined in one character",
    pattern: "[A-Za-z][\\x{0300}-\\x{036F}]|[\\x{FB00}-\\x{FB06}]",
    never: true,
  },
  {
    rule: "odd-character",
    what: "question marks in place of letters",
    pattern: "\\p{Ll}[?]\\p{Ll}",
    inProse: true,
  },
  {
    rule: "odd-character",
    what: "digits in place of letters",
    pattern: "\\p{Ll}[0-9]\\p{Ll}",
    inProse: true,
    inCodes: true,
  },
  {
    rule: "odd-character",
    what: "a letter four times in a row",
    pattern: fourInARow,
    inProse: true,
  },
  {
    rule: "odd-character",
    what: "marks of programs around text: braces, brackets, underscores",
    pattern:
      "^[\\[{].*[\\]}]$|^[\"'\u201c].*[\"'\u201d]$|\\p{L}_\\p{L}|[*]$|\\s[?]$|\\[[0-9]+\\]$|[.]{3}$",
    inProse: true,
  },
  { rule: "odd-character", what: "delimiters of files", pattern: "[|\\t;]" },
  { rule: "odd-character", what: "a quotation mark without its partner", pattern: '^[^"]*"[^"]*$' },
  { rule: "spacing", what: "spaces around them or in a row", pattern: "^\\s|\\s$|\\s\\s" },
];

/** Finds values that are written in ways that are errors nearly wherever they are rare. */
export async function inspectWriting(survey: Survey): Promise<readonly Suspicion[]> {
  if (survey.columns.length === 0) return [];
  const anyMark = literal(marks.map(({ pattern }) => `(?:${pattern})`).join("|"));
  const [marked = {}] = await survey.engine.rows(
    `SELECT ${survey.columns.map(({ text, index }) => `bool_or(regexp_matches(${text}, ${anyMark})) AS m${index}`).join(", ")} FROM ${survey.table}`,
    survey.signal,
  );
  const columns = survey.columns.filter(({ index }) => marked[`m${index}`] === true);
  const counts = columns.flatMap(({ text, index }) => [
    ...marks.map(
      ({ pattern }, mark) =>
        `count(*) FILTER (regexp_matches(${text}, ${literal(pattern)}))::DOUBLE AS m${index}_${mark}`,
    ),
    `count(*) FILTER (regexp_matches(${text}, '[0-9]'))::DOUBLE AS d${index}`,
  ]);
  if (counts.length === 0) return [];
  const [row = {}] = await survey.engine.rows(
    `SELECT ${counts.join(", ")} FROM ${survey.table}`,
    survey.signal,
  );
  const found: Suspicion[] = [];
  for (const column of columns) {
    const isCode =
      column.spaced < column.present * codeShare &&
      Number(row[`d${column.index}`]) > column.present * codeShare;
    for (const [index, mark] of marks.entries()) {
      if (mark.inCodes === true && isCode) continue;
      const suspicion = judge(survey, column, mark, Number(row[`m${column.index}_${index}`]));
      if (suspicion === undefined) continue;
      if (mark.inProse === true && (await meantSo(survey, column, mark))) continue;
      found.push(suspicion);
    }
  }
  return found;
}

/**
 * Marked values that come again and again, and without the mark never: a star behind the name of an airline is part
 * of it.
 */
async function meantSo(
  survey: Survey,
  { text }: SurveyColumn,
  { pattern }: Mark,
): Promise<boolean> {
  const bare = `regexp_replace(${text}, '[^\\p{L}\\p{N}]', '', 'g')`;
  const marked = `regexp_matches(${text}, ${literal(pattern)})`;
  const [row] = await survey.engine.rows(
    `SELECT count(*)::DOUBLE AS n, count(DISTINCT ${text})::DOUBLE AS d, count(*) FILTER (${bare} IN (SELECT ${bare} FROM ${survey.table} WHERE ${text} IS NOT NULL AND NOT ${marked}))::DOUBLE AS b FROM ${survey.table} WHERE ${marked}`,
    survey.signal,
  );
  return Number(row?.["n"]) >= Number(row?.["d"]) * repeatsOnPurpose && Number(row?.["b"]) === 0;
}

function judge(
  survey: Survey,
  column: SurveyColumn,
  mark: Mark,
  count: number,
): Suspicion | undefined {
  const { rule, what, pattern } = mark;
  const most =
    mark.never === true
      ? inspectionRules["odd-character"].thresholds.never
      : inspectionRules[rule].thresholds.most;
  const tolerated =
    mark.inProse === true ? Math.max(1, column.present * most) : rowsAtMost(column.present, most);
  if (count === 0 || count > tolerated) return undefined;
  return {
    rule,
    columns: [column.name],
    rows: `SELECT _row FROM ${survey.table} WHERE regexp_matches(${column.text}, ${literal(pattern)})`,
    score:
      (1 - 0.5 * (count / tolerated)) *
      (mark.inProse === true && isRareInProse(column, count) ? ofProse : 1),
    evidence: `${count} of ${column.present} values hold ${what}`,
    shown: column.text,
  };
}
