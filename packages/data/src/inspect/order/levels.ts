import { inspectionRules } from "../inspection-rules.ts";
import { beyond, type Ends, endsOf, type Probe, scoreOf, separate } from "../numbers/tails.ts";
import type { Survey } from "../survey.ts";
import type { Suspicion } from "../suspicion.ts";
import { panelOf } from "./sequence.ts";

/** Fewest rows whose course says something. */
const fewest = 40;
/** Different values from which on a column is a series. */
const seriesValues = 15;

/** Finds where a smooth column goes on at another level, and runs of rows in which it is not smooth. */
export async function inspectLevels(survey: Survey): Promise<readonly Suspicion[]> {
  const columns = survey.columns.filter(
    ({ kind, present, distinct }) =>
      kind === "number" && present >= fewest && distinct >= seriesValues,
  );
  const dates = survey.columns.filter(({ kind }) => kind === "date");
  // Without time the order of rows is one of places or names, and jumps where these do.
  if (columns.length === 0 || dates.length === 0) return [];
  const within = await panelOf(survey, [...dates, ...columns]);
  const over = `${within === undefined ? "" : `PARTITION BY ${within.text} `}ORDER BY _row`;
  const steps = columns.flatMap(({ index, number: n }) => [
    `abs(${n} - lag(${n}) OVER w) AS s${index}`,
    `abs(lead(${n}) OVER w - lag(${n}) OVER w) AS t${index}`,
    `${n}`,
  ]);
  const stepped = `SELECT _row, ${within === undefined ? "" : `${within.text}, `}${steps.join(", ")} FROM ${survey.table} WINDOW w AS (${over})`;
  const table = `(SELECT *, ${columns.map(({ index }) => `quantile_cont(s${index}, 0.5) OVER (${over} ROWS BETWEEN 3 PRECEDING AND 3 FOLLOWING) AS u${index}`).join(", ")} FROM (${stepped}))`;
  const { gap, most, runs } = inspectionRules.level.thresholds;
  const probe = (expression: string, share: number = most): Probe => ({
    expression,
    from: table,
    gap,
    heavy: 0.5,
    most: share,
  });
  const probes = columns.flatMap(({ index, number: n }) => [
    probe(`s${index}`),
    probe(`u${index}`, runs),
    probe(n),
  ]);
  const ends = await endsOf(survey, probes);
  return columns.flatMap((column, at) => {
    const [step, unsteady, value] = ends.slice(at * 3, at * 3 + 3);
    if (step === undefined || unsteady === undefined || value === undefined) return [];
    const spread = value.inner[1] - value.inner[0];
    if (!(spread > 0) || step.inner[1] > spread * inspectionRules.level.thresholds.smooth)
      return [];
    const of = (ends: Ends, one: Probe, least: number) =>
      separate(
        { ...ends, median: 0, inner: [0, Math.max(ends.inner[1], spread * 0.01)], low: [] },
        one,
      ).find(({ side, bound }) => side === "high" && bound > spread * least);
    const { index } = column;
    const jump = of(step, probe(`s${index}`), 0.3);
    const restless = of(unsteady, probe(`u${index}`, runs), 0.05);
    const said = (rows: string, score: number, evidence: string): Suspicion => ({
      rule: "level",
      columns: [column.name],
      rows: `SELECT _row FROM ${table} WHERE ${rows}`,
      score,
      evidence,
      shown: column.text,
    });
    return [
      ...(jump === undefined
        ? []
        : [
            said(
              // A single value that is far from all around it goes back in the next row.
              `${beyond(`s${index}`, jump)} AND t${index} > ${jump.bound * 0.6}`,
              scoreOf(jump),
              `the column jumps, ${jump.ratio.toFixed(1)} times as far as otherwise, and goes on there`,
            ),
          ]),
      ...(restless === undefined
        ? []
        : [
            said(
              beyond(`u${index}`, restless),
              scoreOf(restless),
              `in runs of rows it changes ${restless.ratio.toFixed(1)} times as much from row to row as elsewhere`,
            ),
          ]),
    ];
  });
}
