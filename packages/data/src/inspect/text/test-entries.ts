import { literal } from "../../engine/sql.ts";
import { inspectionRules } from "../inspection-rules.ts";
import type { Survey } from "../survey.ts";
import { rowsAtMost, type Suspicion } from "../suspicion.ts";

/** What people type where something must stand, in lower case and without signs around it. */
const typed = [
  "abcdef?|aaa+|xxx+|yyy+|zzz+|xyzzy",
  "asdf|asdfg|asdfgh|asdfjkl|qwerty|qwertz|azerty|hjkl",
  "test( ?[0-9]{1,3})?|testing|tester|test ?(data|entry|record|user|value|account)|dummy( data)?|sample( data)?|example|demo",
  "foo|foobar|blah|blabla|lorem( ipsum.*)?|placeholder",
  "delete ?me|do not use|to be deleted|ignore( this)?|changeme|change me",
  "tba|tbc|to be (determined|defined|announced|confirmed|done|added|filled)|not (available|applicable|given|specified|known|provided|recorded|entered)|no (data|value|information|answer|entry)|see (above|below|note|notes|comment|comments)|same as above|ditto|as above|fill ?in|fixme|todo",
].join("|");

/** Finds what is typed to fill a field or to try it out, where it is rare. */
export async function inspectTestEntries(survey: Survey): Promise<readonly Suspicion[]> {
  const columns = survey.columns.filter(({ kind, present }) => kind === "words" && present >= 10);
  if (columns.length === 0) return [];
  const isTyped = (text: string): string =>
    `regexp_full_match(lower(regexp_replace(${text}, '^[^\\p{L}]+|[^\\p{L}0-9]+$', '', 'g')), ${literal(typed)})`;
  const [row = {}] = await survey.engine.rows(
    `SELECT ${columns.map(({ text, index }) => `count(*) FILTER (${isTyped(text)})::DOUBLE AS t${index}, count(DISTINCT lower(${text})) FILTER (${isTyped(text)})::DOUBLE AS d${index}`).join(", ")} FROM ${survey.table}`,
    survey.signal,
  );
  const { most } = inspectionRules["test-entry"].thresholds;
  return columns.flatMap(({ index, name, text, present, distinct }) => {
    const count = Number(row[`t${index}`]);
    const limit = rowsAtMost(present, most);
    // Among names that never repeat a single one may be a name; two hardly are.
    const single = count === 1 && distinct > present * 0.9 ? 0.5 : 1;
    if (count === 0 || count > limit) return [];
    return [
      {
        rule: "test-entry" as const,
        columns: [name],
        rows: `SELECT _row FROM ${survey.table} WHERE ${isTyped(text)}`,
        score: (1 - 0.4 * (count / limit)) * single,
        evidence: `${count} of ${present} values are what is typed to fill a field, in ${Number(row[`d${index}`])} ways`,
        shown: text,
      },
    ];
  });
}
