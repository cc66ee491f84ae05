import { literal } from "../engine/sql.ts";
import { inspectionRules } from "./inspection-rules.ts";
import type { Survey, SurveyColumn } from "./survey.ts";
import type { Suspicion } from "./suspicion.ts";

/** A way of being written that no other value of a column should have. */
interface Mark {
  readonly rule: "broken-character" | "odd-character" | "spacing";
  readonly what: string;
  /** Regular expression (RE2). */
  readonly pattern: string;
}

/** What UTF-8 looks like after it was read as Windows-1252 or Latin-1: two or three such characters in a row. */
const mojibake =
  "[\u00c2\u00c3\u00c5\u00d0\u00d1][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u2013-\u203a\u20ac\u2122 ]|\u00e2[\u0080-\u00bf\u20ac][\u0080-\u00bf\u0152\u0153\u0160\u0161\u2010-\u203a\u20ac\u2122]|\u00ef\u00bf\u00bd|\u00ef\u00bb\u00bf";

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
  },
  { rule: "odd-character", what: "text that was decoded wrongly", pattern: mojibake },
  {
    rule: "odd-character",
    what: "HTML",
    pattern: "&(#[0-9]+|#x[0-9A-Fa-f]+|[A-Za-z]{2,8}[0-9]?);|</?[A-Za-z][^<>]*>",
  },
  { rule: "odd-character", what: "line breaks", pattern: "[\\r\\n]" },
  {
    rule: "odd-character",
    what: "escapes that were not read",
    pattern: "\\\\[nrtu\"'\\\\]|%[0-9A-F]{2}%[0-9A-F]{2}",
  },
  { rule: "odd-character", what: "delimiters of files", pattern: "[|\\t;]" },
  { rule: "odd-character", what: "a quotation mark without its partner", pattern: '^[^"]*"[^"]*$' },
  { rule: "spacing", what: "spaces around them or in a row", pattern: "^\\s|\\s$|\\s\\s" },
];

/** Finds values that are written in ways that are errors nearly wherever they are rare. */
export async function inspectWriting(survey: Survey): Promise<readonly Suspicion[]> {
  const counts = survey.columns.flatMap(({ text, index }) =>
    marks.map(
      ({ pattern }, mark) =>
        `count(*) FILTER (regexp_matches(${text}, ${literal(pattern)}))::DOUBLE AS m${index}_${mark}`,
    ),
  );
  if (counts.length === 0) return [];
  const [row = {}] = await survey.engine.rows(
    `SELECT ${counts.join(", ")} FROM ${survey.table}`,
    survey.signal,
  );
  return survey.columns.flatMap((column) =>
    marks.flatMap((mark, index) => {
      const count = Number(row[`m${column.index}_${index}`]);
      return judge(survey, column, mark, count);
    }),
  );
}

function judge(
  survey: Survey,
  column: SurveyColumn,
  { rule, what, pattern }: Mark,
  count: number,
): readonly Suspicion[] {
  const { most } = inspectionRules[rule].thresholds;
  const tolerated = Math.max(1, column.present * most);
  if (count === 0 || count > tolerated) return [];
  return [
    {
      rule,
      columns: [column.name],
      rows: `SELECT _row FROM ${survey.table} WHERE regexp_matches(${column.text}, ${literal(pattern)})`,
      score: 1 - 0.5 * (count / tolerated),
      evidence: `${count} of ${column.present} values hold ${what}`,
      shown: column.text,
    },
  ];
}
