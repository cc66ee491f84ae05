import { literal } from "../engine/sql.ts";
import { inspectionRules } from "./inspection-rules.ts";
import type { Survey, SurveyColumn } from "./survey.ts";
import type { Suspicion } from "./suspicion.ts";

/** Different values of a column that are compared with each other. */
const valueLimit = 3000;
/** Values that must occur this often on average for a column to be one of categories. */
const leastRepeats = 3;

/** A value and how many rows have it. */
interface Category {
  readonly value: string;
  readonly rows: number;
}

/** Finds rare values among categories: nearly a frequent one, or unlike any. */
export async function inspectCategories(survey: Survey): Promise<readonly Suspicion[]> {
  const found: Suspicion[] = [];
  for (const column of survey.columns) {
    if (column.kind !== "words" || column.present < 10 || column.distinct > valueLimit) continue;
    const rows = await survey.engine.rows(
      `SELECT ${column.text} AS v, count(*)::DOUBLE AS n FROM ${survey.table} WHERE ${column.text} IS NOT NULL GROUP BY v ORDER BY n DESC, v`,
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
  const variants = findVariants(categories);
  const singular = new Set(variants.map(({ value }) => value));
  const rare = rareCategories(categories, present).filter(({ value }) => !singular.has(value));
  const suspicion = (
    rule: "category-variant" | "rare-category",
    values: readonly Category[],
    evidence: string,
  ): readonly Suspicion[] => {
    const count = values.reduce((sum, { rows }) => sum + rows, 0);
    const { most } = inspectionRules[rule].thresholds;
    if (count === 0 || count > Math.max(1, present * most)) return [];
    return [
      {
        rule,
        columns: [column.name],
        rows: `SELECT _row FROM ${survey.table} WHERE ${column.text} IN (${values.map(({ value }) => literal(value)).join(", ")})`,
        score: 1 - 0.5 * (count / Math.max(1, present * most)),
        evidence,
        shown: column.text,
      },
    ];
  };
  const [first] = variants;
  return [
    ...suspicion(
      "category-variant",
      variants,
      `${variants.length} rare values are nearly frequent ones: '${first?.value}' is nearly '${first?.of}'`,
    ),
    ...suspicion(
      "rare-category",
      rare,
      `${rare.length} values hardly occur where the others are frequent, such as '${rare[0]?.value}'`,
    ),
  ];
}

/** Rare values that are nearly a value that is `ratio` times as frequent. */
function findVariants(
  categories: readonly Category[],
): readonly (Category & { readonly of: string })[] {
  const { ratio } = inspectionRules["category-variant"].thresholds;
  const total = categories.reduce((sum, { rows }) => sum + rows, 0);
  const repeats = total / Math.max(1, categories.length);
  const plain = new Map<string, Category>();
  for (const category of categories) {
    const key = plainly(category.value);
    if (key !== "" && !plain.has(key)) plain.set(key, category);
  }
  const frequent = categories.filter(({ rows }) => rows >= Math.max(ratio, 5));
  const rare = categories.filter(({ rows }) => rows <= Math.max(1, total * 0.02));
  return rare.flatMap((category) => {
    const same = plain.get(plainly(category.value));
    if (same !== undefined && same.value !== category.value && same.rows >= category.rows * 2)
      return [{ ...category, of: same.value }];
    if (repeats < leastRepeats) return [];
    const near = frequent.find(
      ({ value, rows }) => rows >= category.rows * ratio && isNear(category.value, value),
    );
    return near === undefined ? [] : [{ ...category, of: near.value }];
  });
}

/** A value without what decorates it: case, marks, spaces, markup. */
function plainly(value: string): string {
  return value
    .replaceAll(/<[^<>]*>|&[a-z#0-9]+;/gi, "")
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "");
}

/** One edit apart, or two in long words; not among values with digits, which number things. */
function isNear(one: string, other: string): boolean {
  const allowed = Math.min(one.length, other.length) >= 8 ? 2 : 1;
  if (Math.min(one.length, other.length) < 4) return false;
  if (Math.abs(one.length - other.length) > allowed) return false;
  if (/[0-9]/.test(other)) return false;
  return editDistance(one.toLowerCase(), other.toLowerCase(), allowed) <= allowed;
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment); more than `most` is `most + 1`. */
function editDistance(one: string, other: string, most: number): number {
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1;
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) {
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    if (Math.min(...row) > most) return most + 1;
    before = last;
    last = row;
  }
  return last[other.length] ?? most + 1;
}

/** Values that hardly occur in a column of a few frequent ones: there must be a gap between them. */
function rareCategories(categories: readonly Category[], present: number): readonly Category[] {
  const { ratio, most } = inspectionRules["rare-category"].thresholds;
  const allowed = Math.max(1, present * most);
  let tail = 0;
  let best: readonly Category[] = [];
  for (let at = categories.length - 1; at > 0; at -= 1) {
    tail += categories[at]?.rows ?? 0;
    if (tail > allowed) break;
    const [inside, outside] = [categories[at - 1]?.rows ?? 0, categories[at]?.rows ?? 0];
    // The damaged values themselves must not be so many kinds that the column is one of free text.
    if (inside >= outside * ratio && at <= 60) best = categories.slice(at);
  }
  return best;
}
