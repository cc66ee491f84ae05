import { literal } from "../../engine/sql.ts";
import { inspectionRules } from "../inspection-rules.ts";
import type { Survey, SurveyColumn } from "../survey.ts";
import { rowsAtMost, type Suspicion } from "../suspicion.ts";
import { editDistance } from "./likeness.ts";

/** Different words of a column that are looked at. */
const wordLimit = 20_000;
/** Shortest word that is compared: shorter ones are near others by chance. */
const shortest = 6;
/** Letters of a word that has none beside it. */
const longWord = 9;
/** Odd words told of a column. */
const oddLimit = 50;

/** A word, and how many rows have it. */
interface Word {
  readonly word: string;
  readonly rows: number;
}

/** Finds misspelt words in texts that never repeat, by the words that do. */
export async function inspectWords(survey: Survey): Promise<readonly Suspicion[]> {
  const columns = survey.columns.filter(
    ({ kind, present, spaced, distinct }) =>
      kind === "words" && present >= 50 && spaced > present * 0.2 && distinct > present * 0.2,
  );
  const found: Suspicion[] = [];
  for (const column of columns) {
    const rows = await survey.engine.rows(
      `SELECT w, count(DISTINCT _row)::DOUBLE AS n FROM (SELECT _row, lower(unnest(${wordsOf(column)})) AS w FROM ${survey.table} WHERE ${column.text} IS NOT NULL) GROUP BY w ORDER BY n DESC, w LIMIT ${wordLimit}`,
      survey.signal,
    );
    const odd = misspelt(
      rows.map((row) => ({ word: String(row["w"]), rows: Number(row["n"]) })),
      column.present,
    );
    const [first] = odd;
    if (first === undefined) continue;
    const count = odd.reduce((sum, one) => sum + one.rows, 0);
    const limit = rowsAtMost(column.present, inspectionRules["word-variant"].thresholds.most);
    if (count > limit || odd.length > oddLimit) continue;
    found.push({
      rule: "word-variant",
      columns: [column.name],
      rows: `SELECT _row FROM ${survey.table} WHERE len(list_intersect(list_transform(${wordsOf(column)}, lambda w: lower(w)), [${odd.map(({ word }) => literal(word)).join(", ")}])) > 0`,
      score: 1 - 0.4 * (count / limit),
      evidence: `${odd.length} words are nearly ones that come again and again: '${first.word}' is nearly '${first.of}'`,
      shown: column.text,
    });
  }
  return found;
}

const wordsOf = ({ text }: SurveyColumn): string =>
  `regexp_extract_all(${text}, '\\p{L}{${shortest},}')`;

/**
 * Rare words that are one slip away from a frequent one: a letter too many, too few, another or out of order, inside
 * the word. At its end letters make a plural or a tense, and at its beginning another word.
 *
 * @param words most frequent first
 * @param present texts of the column
 */
function misspelt(
  words: readonly Word[],
  present: number,
): readonly (Word & { readonly of: string })[] {
  const { frequent } = inspectionRules["word-variant"].thresholds;
  const byDeletion = new Map<string, Word[]>();
  for (const word of words) {
    if (word.rows < frequent) break;
    for (const key of deletions(word.word))
      byDeletion.set(key, [...(byDeletion.get(key) ?? []), word]);
  }
  const rare = words.filter(({ rows }) => rows < frequent && rows <= Math.max(1, present * 0.01));
  return rare.flatMap((one) => {
    const near = deletions(one.word)
      .flatMap((key) => byDeletion.get(key) ?? [])
      .find(
        ({ word, rows }) =>
          rows >= one.rows * frequent &&
          isSlip(one.word, word) &&
          editDistance(one.word, word, 1) === 1,
      );
    return near === undefined ? [] : [{ ...one, of: near.word }];
  });
}

const deletions = (word: string): readonly string[] => [
  word,
  ...Array.from(word, (_, at) => at).map((at) => word.slice(0, at) + word.slice(at + 1)),
];

/** One letter in place of another makes another word, unless it is a long one. */
const isSlip = (rare: string, usual: string): boolean =>
  rare[0] === usual[0] &&
  rare.at(-1) === usual.at(-1) &&
  rare.at(-2) === usual.at(-2) &&
  (rare.length !== usual.length || rare.length >= longWord || isSwap(rare, usual));

const isSwap = (one: string, other: string): boolean =>
  [...one].sort().join("") === [...other].sort().join("");
