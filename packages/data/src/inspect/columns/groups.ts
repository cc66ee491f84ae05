import { inspectionRules } from "../inspection-rules.ts";
import { beyond, endsOf, type Probe, scoreOf, separate } from "../numbers/tails.ts";
import type { Survey, SurveyColumn } from "../survey.ts";
import type { Suspicion } from "../suspicion.ts";
import { agreeing } from "./agreeing.ts";

/** Columns that rows are grouped by, and columns of numbers that are compared within groups. */
const groupLimit = 4;
const numberLimit = 10;
/** Fewest rows of a group on average. */
const groupRows = 5;

/** Part of the distance from its group within which a number is near those of the rows beside it. */
const nearness = 0.34;

/** Finds numbers that are usual in their column but not among the rows of their category. */
export async function inspectGroups(survey: Survey): Promise<readonly Suspicion[]> {
  const groups = survey.columns
    .filter(
      ({ kind, distinct, present, lists }) =>
        kind === "words" && !lists && distinct >= 3 && present >= distinct * groupRows,
    )
    .sort((a, b) => b.distinct - a.distinct)
    .slice(0, groupLimit);
  const numbers = survey.columns
    .filter(({ kind, distinct, present }) => kind === "number" && distinct >= 8 && present >= 40)
    .slice(0, numberLimit);
  const found = new Map<string, Suspicion>();
  for (const group of groups) {
    for (const suspicion of await within(
      survey,
      group,
      numbers.filter(({ name }) => !found.has(name)),
    )) {
      found.set(suspicion.columns[0] ?? "", suspicion);
    }
  }
  return [...found.values()];
}

async function within(
  survey: Survey,
  group: SurveyColumn,
  numbers: readonly SurveyColumn[],
): Promise<readonly Suspicion[]> {
  if (numbers.length === 0) return [];
  const { explained, gap, most } = inspectionRules["group-outlier"].thresholds;
  const scales = numbers.flatMap((column) => {
    const plain = { column, of: column.number, name: `d${column.index}` };
    const positive = column.positive >= column.present * 0.94 && column.lowest !== 0;
    const log = {
      column,
      of: `CASE WHEN ${column.number} > 0 THEN ln(${column.number}) END`,
      name: `l${column.index}`,
    };
    return positive ? [plain, log] : [plain];
  });
  const middles = scales.map(({ of, name }) => `median(${of}) AS m_${name}`);
  const differences = scales.map(({ of, name }) => `${of} - m_${name} AS ${name}`);
  const own = scales.map(({ of, name }) => `${of} AS v_${name}`);
  const query = `SELECT _row, g, size, ${[...differences, ...own].join(", ")} FROM ${survey.table} JOIN (SELECT ${group.text} AS g, count(*) AS size, ${middles.join(", ")} FROM ${survey.table} GROUP BY 1 HAVING count(*) >= ${groupRows - 1}) ON ${group.text} = g`;
  const common = { gap, heavy: 0.5, most };
  const probes = scales.flatMap(({ of, name }): Probe[] => [
    { ...common, expression: name, from: `(${query})` },
    { ...common, expression: of },
  ]);
  const ends = await endsOf(survey, probes);
  const found: Suspicion[] = [];
  for (const [index, { column, name }] of scales.entries()) {
    const [inside, whole] = [ends[index * 2], ends[index * 2 + 1]];
    const probe = probes[index * 2];
    if (inside === undefined || whole === undefined || probe === undefined) continue;
    const spread = whole.inner[1] - whole.inner[0];
    if (!(spread > 0) || inside.inner[1] - inside.inner[0] > spread * explained) continue;
    const floor = spread * 0.02;
    const inner = [Math.min(inside.inner[0], -floor), Math.max(inside.inner[1], floor)] as const;
    const separations = separate({ ...inside, inner }, probe);
    if (separations.length === 0 || found.some(({ columns }) => columns[0] === column.name))
      continue;
    const far = separations.map((separation) => beyond(name, separation)).join(" OR ");
    // Where many rows of one group are far, its value stands for two things, as a county's name does in several states.
    // What is near the rows before and after, which are usual themselves, is where the order of the file puts it.
    const near = ["lag", "lead"].map(
      (from) =>
        `coalesce(abs(v_${name} - ${from}(v_${name}) OVER w) <= abs(${name}) * ${nearness} AND NOT ${from}(${far}) OVER w, false)`,
    );
    const placed = `SELECT _row, g, size, (${far}) AS far, ${near.join(" AND ")} AS placed FROM (${query}) WINDOW w AS (ORDER BY _row)`;
    const alone = `SELECT _row, count(*) OVER (PARTITION BY g) AS beside, size FROM (${placed}) WHERE far AND NOT placed`;
    const rows = `SELECT _row FROM (${alone}) WHERE beside = 1 OR beside * ${agreeing} < size`;
    const [counted] = await survey.engine.rows(
      `SELECT count(*)::DOUBLE AS n FROM (${rows})`,
      survey.signal,
    );
    const count = Number(counted?.["n"]);
    // Nothing of this grouping is left: another one may tell what is far.
    if (count === 0) continue;
    found.push({
      rule: "group-outlier",
      columns: [column.name, group.name],
      rows,
      score: Math.max(...separations.map(scoreOf)),
      evidence: `${count} values are far from those of the rows with the same '${group.name}'`,
      shown: column.text,
    });
  }
  return found;
}
