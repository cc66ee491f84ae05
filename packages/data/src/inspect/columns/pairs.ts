import { inspectionRules } from "../inspection-rules.ts";
import { beyond, type Ends, endsOf, type Probe, scoreOf, separate } from "../numbers/tails.ts";
import type { Survey, SurveyColumn } from "../survey.ts";
import type { Suspicion } from "../suspicion.ts";

/** Columns of numbers that are compared with each other. */
const columnLimit = 10;

/** Share of rows in which a total is what its parts make, from which on it is one. */
const partsShare = 0.9;

interface Pair {
  readonly one: SurveyColumn;
  readonly other: SurveyColumn;
  readonly probe: Probe;
  readonly logs: boolean;
}

/** Finds rows in which two columns do not go together as they do elsewhere. */
export async function inspectPairs(survey: Survey): Promise<readonly Suspicion[]> {
  const columns = survey.columns
    .filter(({ kind, present, distinct }) => kind !== "words" && present >= 20 && distinct >= 5)
    .slice(0, columnLimit);
  const { tight, gap, most } = inspectionRules.relation.thresholds;
  const common = { gap, heavy: 0.5, most };
  const positive = ({ kind, positive: count, present, lowest }: SurveyColumn): boolean =>
    kind === "number" && count === present && lowest > 0;
  const pairs = columns.flatMap((one, at) =>
    columns.slice(at + 1).flatMap((other): Pair[] => {
      if (one.kind !== other.kind) return [];
      const plain: Pair = {
        one,
        other,
        logs: false,
        probe: { ...common, expression: `(${other.number} - ${one.number})` },
      };
      const ratio = `ln(CASE WHEN ${other.number} > 0 AND ${one.number} > 0 THEN ${other.number} / ${one.number} END)`;
      const mostlyPositive = [one, other].every(
        (column) =>
          positive(column) ||
          (column.kind === "number" && column.positive >= column.present * 0.94),
      );
      return mostlyPositive
        ? [plain, { ...plain, logs: true, probe: { ...common, expression: ratio } }]
        : [plain];
    }),
  );
  if (pairs.length === 0) return [];
  const among = pairs.length;
  const own = columns.flatMap(({ number: n }): Probe[] => [
    { ...common, expression: n },
    { ...common, expression: `CASE WHEN ${n} > 0 THEN ln(${n}) END` },
  ]);
  const [ends, single] = [
    await endsOf(
      survey,
      pairs.map(({ probe }) => probe),
    ),
    await endsOf(survey, own),
  ];
  const spreadOf = (column: SurveyColumn, logs: boolean): number => {
    const end = single[columns.indexOf(column) * 2 + (logs ? 1 : 0)];
    return end === undefined ? 0 : end.inner[1] - end.inner[0];
  };
  const found: Suspicion[] = [];
  for (const [index, pair] of pairs.entries()) {
    const end = ends[index];
    if (end === undefined) continue;
    const spread = Math.min(spreadOf(pair.one, pair.logs), spreadOf(pair.other, pair.logs));
    if (!(spread > 0)) continue;
    const suspicion =
      end.inner[1] - end.inner[0] <= spread * tight
        ? apart(survey, { ...pair, probe: { ...pair.probe, among } }, end, spread)
        : undefined;
    const related = end.inner[1] - end.inner[0] <= spread * 0.75;
    const better = suspicion ?? (related ? reversed(survey, pair, end) : undefined);
    if (
      better !== undefined &&
      !(await isMadeUp(survey, pair, better)) &&
      !found.some(
        ({ columns: names }) => names[0] === pair.one.name && names[1] === pair.other.name,
      )
    )
      found.push(better);
  }
  return found;
}

/** Whether all rows in question come out right with a third column, as a total does of which one part is mostly nothing. */
async function isMadeUp(
  survey: Survey,
  { one, other }: Pair,
  { rows }: Suspicion,
): Promise<boolean> {
  const thirds = survey.columns.filter(
    (column) => column.kind === "number" && column !== one && column !== other,
  );
  if (one.kind !== "number" || thirds.length === 0) return false;
  const condition = ({ number: n }: SurveyColumn): string =>
    `abs(abs(${other.number} - ${one.number}) - abs(coalesce(${n}, 0))) <= 1e-9 * (abs(${other.number}) + abs(${one.number}))`;
  const counts = thirds
    .slice(0, columnLimit)
    .map(
      (third, at) =>
        `count(*) FILTER (${condition(third)}) >= ${partsShare} * count(${other.number} - ${one.number}) AND count(*) FILTER (far AND NOT ${condition(third)}) = 0 AS m${at}`,
    );
  const [row = {}] = await survey.engine.rows(
    `SELECT ${counts.join(", ")} FROM (SELECT *, _row IN (${rows}) AS far FROM ${survey.table})`,
    survey.signal,
  );
  return Object.values(row).some((made) => made === true);
}

function apart(
  survey: Survey,
  { one, other, probe, logs }: Pair,
  end: Ends,
  spread: number,
): Suspicion | undefined {
  // Columns that are always equal, or in one ratio, differ by rounding only; a share of their spread is the floor.
  const floor = spread * 0.01;
  const inner = [
    Math.min(end.inner[0], end.median - floor),
    Math.max(end.inner[1], end.median + floor),
  ] as const;
  const separations = separate({ ...end, inner }, probe);
  if (separations.length === 0) return undefined;
  const values = separations.reduce((sum, separation) => sum + separation.values, 0);
  return {
    rule: "relation",
    columns: [one.name, other.name],
    rows: `SELECT _row FROM ${survey.table} WHERE ${separations.map((separation) => beyond(probe.expression, separation)).join(" OR ")}`,
    score: Math.max(...separations.map(scoreOf)),
    evidence: `in ${values} rows the ${logs ? "ratio" : "difference"} of '${one.name}' and '${other.name}' is far from all others`,
    shown: other.text,
  };
}

/** A column that is never below another but for a few rows. */
function reversed(survey: Survey, { one, other, logs }: Pair, end: Ends): Suspicion | undefined {
  if (logs) return undefined;
  const { reversed: most } = inspectionRules.relation.thresholds;
  const sides = [
    { sign: 1, tail: end.low, inner: end.inner[0], condition: `${other.number} < ${one.number}` },
    {
      sign: -1,
      tail: end.high,
      inner: -end.inner[1],
      condition: `${other.number} > ${one.number}`,
    },
  ];
  for (const { sign, tail, inner, condition } of sides) {
    if (end.median * sign <= 0 || inner < 0) continue;
    const rows = Math.round(tail.filter((value) => value * sign < 0).length * end.weight);
    if (rows === 0 || rows > end.count * most) continue;
    const deepest = Math.max(...tail.map((value) => -value * sign));
    // Columns that hardly meet have no order to speak of; those that are reversed by little may be so by nature.
    if (deepest < Math.abs(end.median) * 0.5) continue;
    return {
      rule: "relation",
      columns: [one.name, other.name],
      rows: `SELECT _row FROM ${survey.table} WHERE ${condition}`,
      score: 1 - 0.5 * (rows / (end.count * most)),
      evidence: `'${sign > 0 ? one.name : other.name}' is never above '${sign > 0 ? other.name : one.name}' but in ${rows} rows`,
      shown: other.text,
    };
  }
  return undefined;
}
