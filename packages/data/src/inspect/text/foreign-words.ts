import { literal } from "../../engine/sql.ts";
import { inspectionRules } from "../inspection-rules.ts";
import type { Survey, SurveyColumn } from "../survey.ts";
import type { Suspicion } from "../suspicion.ts";

/** Columns of words that are held against each other. */
const columnLimit = 12;
/** Different values of a column whose vocabulary is compared. */
const vocabularyLimit = 2000;
/** Words that any column may have. */
const anywhere =
  /^(all|any|both|false|high|large|low|medium|mixed|n\/?a|nan|new|no|none|not .*|null|old|other|others|small|true|unknown|unspecified|various|yes|[^\p{L}]*)$/iu;

/** Words that two columns share. */
interface Shared {
  readonly words: readonly string[];
  /** Rows that have them here. */
  readonly rows: number;
  /** Different values, here and there. */
  readonly different: readonly [number, number];
}

/** Finds a word that is one of many of another column, and the only one of these in its own. */
export async function inspectForeignWords(survey: Survey): Promise<readonly Suspicion[]> {
  const columns = survey.columns
    .filter(
      ({ kind, present, distinct }) =>
        kind === "words" && present >= 20 && distinct >= 2 && distinct <= vocabularyLimit,
    )
    .slice(0, columnLimit);
  if (columns.length < 2) return [];
  const counted = columns
    .map(
      ({ text, index }) =>
        `SELECT ${index} AS c, ${text} AS v, count(*) AS n FROM ${survey.table} WHERE ${text} IS NOT NULL GROUP BY ${text}`,
    )
    .join(" UNION ALL ");
  const rows = await survey.engine.rows(
    `WITH counted AS (${counted}) SELECT here.c::DOUBLE AS here, there.c::DOUBLE AS there, sum(here.n)::DOUBLE AS n, list(here.v ORDER BY here.n, here.v)[:3] AS v FROM counted AS here JOIN counted AS there ON here.v = there.v AND here.c <> there.c AND there.n > 1 GROUP BY ALL ORDER BY here, there`,
    survey.signal,
  );
  return rows.flatMap((row) => {
    const find = (key: string): SurveyColumn | undefined =>
      columns.find(({ index }) => index === Number(row[key]));
    const [here, there] = [find("here"), find("there")];
    if (here === undefined || there === undefined || !Array.isArray(row["v"])) return [];
    const words = row["v"].map(String);
    const count = Number(row["n"]);
    const different = [here.distinct, there.distinct] as const;
    if (!isForeign({ words, rows: count, different }, here.present)) return [];
    return [
      {
        rule: "foreign-word" as const,
        columns: [here.name, there.name],
        rows: `SELECT _row FROM ${survey.table} WHERE ${here.text} = ${literal(words[0] ?? "")}`,
        score: 1 - 0.5 * (count / (here.present * inspectionRules["foreign-word"].thresholds.most)),
        evidence: `'${words[0]}' is the only value of '${there.name}' that is in '${here.name}' too`,
        shown: here.text,
      },
    ];
  });
}

/** Whether what two columns share is a word that strayed: a single one, of many there. */
function isForeign({ words, rows, different }: Shared, present: number): boolean {
  const { most, vocabulary } = inspectionRules["foreign-word"].thresholds;
  const [word] = words;
  if (word === undefined || words.length > 1 || anywhere.test(word.trim())) return false;
  const [here, there] = different;
  // Of two columns that hardly differ in how many words they have, neither is where the word is at home.
  return there >= vocabulary && there >= here * 2 && rows <= present * most;
}
