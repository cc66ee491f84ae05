import { literal } from "../../engine/sql.ts";
import { inspectionRules } from "../inspection-rules.ts";
import type { Survey, SurveyColumn } from "../survey.ts";
import { rowsAtMost, type Suspicion } from "../suspicion.ts";
import { isReadBack } from "./likeness.ts";
import { type Category, findVariants } from "./variants.ts";

/** Different values of a column that are compared with each other. */
const valueLimit = 3000;

/** Finds rare values among categories: nearly a frequent one, or unlike any. */
export async function inspectCategories(survey: Survey): Promise<readonly Suspicion[]> {
  const found: Suspicion[] = [];
  for (const column of survey.columns) {
    if (column.kind !== "words" || column.present < 10 || column.distinct > valueLimit) continue;
    if (column.lists) continue;
    const rows = await survey.engine.rows(
      `SELECT ${column.text} AS v, count(*)::DOUBLE AS n FROM ${survey.table} WHERE ${column.text} IS NOT NULL AND ${isReadBack(column.text)} GROUP BY v ORDER BY n DESC, v`,
      survey.signal,
    );
    const categories = rows.map(
      (row): Category => ({ value: String(row["v"]), rows: Number(row["n"]) }),
    );
    found.push(...judge(survey, column, categories));
  }
  return found;
}

function judge(
  survey: Survey,
  column: SurveyColumn,
  categories: readonly Category[],
): readonly Suspicion[] {
  const { present } = column;
  const { ratio } = inspectionRules["category-variant"].thresholds;
  const variants = findVariants(categories, ratio, present / Math.max(1, categories.length));
  const singular = new Set(variants.map(({ value }) => value));
  const rare = rareCategories(categories, present).filter(({ value }) => !singular.has(value));
  const suspicion = (
    rule: "category-variant" | "rare-category",
    values: readonly Category[],
    most: number,
    evidence: string,
  ): readonly Suspicion[] => {
    const count = values.reduce((sum, { rows }) => sum + rows, 0);
    if (count === 0 || count > rowsAtMost(present, most)) return [];
    return [
      {
        rule,
        columns: [column.name],
        rows: `SELECT _row FROM ${survey.table} WHERE ${column.text} IN (${values.map(({ value }) => literal(value)).join(", ")})`,
        score: 1 - 0.5 * (count / rowsAtMost(present, most)),
        evidence,
        shown: column.text,
      },
    ];
  };
  const { most, same } = inspectionRules["category-variant"].thresholds;
  const uncertain = variants.reduce((sum, { rows, certain }) => sum + (certain ? 0 : rows), 0);
  // What is surely a variant is told where the rest is too much to be one.
  const told =
    uncertain > rowsAtMost(present, most) ? variants.filter(({ certain }) => certain) : variants;
  const [first] = told;
  return [
    ...suspicion(
      "category-variant",
      told,
      same,
      `${told.length} values are nearly more frequent ones: '${first?.value}' is nearly '${first?.of}'`,
    ),
    ...suspicion(
      "rare-category",
      rare,
      inspectionRules["rare-category"].thresholds.most,
      `${rare.length} values hardly occur where the others are frequent, such as '${rare[0]?.value}'`,
    ),
  ];
}

/** What is in no category is in one of these, however few it is. */
const rest = /^(other|others|misc|miscellaneous|mixed|various)\b/i;
/** Rows from which on the rarer one of two values is a category too: of yes and no, one may be rare. */
const ofTwo = 5;

/** Values that hardly occur in a column of a few frequent ones: there must be a gap between them. */
function rareCategories(categories: readonly Category[], present: number): readonly Category[] {
  const { ratio, most } = inspectionRules["rare-category"].thresholds;
  const allowed = rowsAtMost(present, most);
  let tail = 0;
  let best: readonly Category[] = [];
  for (let at = categories.length - 1; at > 0; at -= 1) {
    tail += categories[at]?.rows ?? 0;
    if (tail > allowed) break;
    const [inside, outside] = [categories[at - 1]?.rows ?? 0, categories[at]?.rows ?? 0];
    // The damaged values themselves must not be so many kinds that the column is one of free text.
    if (inside >= outside * ratio && at <= 60) best = categories.slice(at);
  }
  const ofPair = categories.length === 2 && (best[0]?.rows ?? 0) >= ofTwo;
  return ofPair ? [] : best.filter(({ value }) => !rest.test(value));
}
