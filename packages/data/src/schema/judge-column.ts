import type { Engine } from "../engine/engine.ts";
import { textOf } from "../profile/profile-column.ts";
import type { ColumnProfile, Profile } from "../profile/profile-schema.ts";
import { scan } from "../source/scan.ts";
import { bySpecificity, type ColumnSchema } from "./column-schema.ts";
import { type Lens, sampleSize } from "./lens.ts";
import { lossOf } from "./loss.ts";
import { areSpoiltNumbers } from "./spoilt-numbers.ts";

/** Share of values that an alternative may lose and still get a vote. */
const tolerableLoss = 0.02;

/** What one lens says about alternatives that others proposed. */
export interface ColumnJudgement {
  /** Index of the alternative, or nothing to abstain. */
  readonly choice: number | undefined;
  readonly reason: string;
}

/**
 * Chooses among alternatives for a column by what each would lose of the values this lens looks at:
 * the most specific one that loses next to nothing wins, or one of numbers that loses what is none in a column of numbers.
 */
export async function judgeColumn(
  engine: Engine,
  profile: Profile,
  lens: Lens,
  alternatives: readonly ColumnSchema[],
  seed: number,
  signal?: AbortSignal,
): Promise<ColumnJudgement> {
  const column = profile.columns.find(({ name }) => name === alternatives[0]?.name);
  if (column === undefined) return { choice: undefined, reason: "there is no such column" };
  const looked = lookedAt(profile, column, lens, seed);
  const losses = alternatives.map((alternative, index) => {
    const lost = `v IS NOT NULL AND ${lossOf(alternative, column, "v")}`;
    return `count(*) FILTER (${lost})::DOUBLE AS l${index}, count(*) FILTER (${lost} AND regexp_matches(v, '[0-9]'))::DOUBLE AS g${index}`;
  });
  const [counts = {}] = await engine.rows(
    `SELECT count(v)::DOUBLE AS n, count(DISTINCT v)::DOUBLE AS d, count(*) FILTER (TRY_CAST(v AS DOUBLE) % 1 <> 0)::DOUBLE AS f, ${losses.join(", ")} FROM (${looked})`,
    signal,
  );
  const of = (key: string): number => Number(counts[key] ?? 0);
  const present = of("n");
  if (present === 0) return { choice: undefined, reason: "no value to judge by" };
  const [best] = alternatives
    .map((alternative, index) => ({
      alternative,
      index,
      loss: of(`l${index}`) / present,
      isSpoilt:
        (alternative.type === "integer" || alternative.type === "decimal") &&
        areSpoiltNumbers({
          present,
          numbers: present - of(`l${index}`),
          fractions: of("f"),
          figured: of(`g${index}`),
          distinct: of("d"),
        }),
    }))
    .filter(({ loss, isSpoilt }) => loss <= tolerableLoss || isSpoilt)
    .sort((a, b) => bySpecificity(a.alternative, b.alternative) || a.index - b.index);
  if (best === undefined) return { choice: undefined, reason: "every alternative loses values" };
  const percent = `${Math.round(best.loss * 10_000) / 100} %`;
  const seen = `as ${best.alternative.type} it loses ${percent} of the ${present} values that '${lens}' looked at`;
  const why = best.loss <= tolerableLoss ? "" : ", which are none in a column of numbers";
  return { choice: best.index, reason: `${seen}${why}` };
}

function lookedAt(profile: Profile, column: ColumnProfile, lens: Lens, seed: number): string {
  const values = `SELECT ${textOf(column.name, column.storage)} AS v FROM ${scan(profile.source, true)}`;
  if (lens === "storage") return `${values} LIMIT 1000`;
  return lens === "values"
    ? values
    : `${values} USING SAMPLE reservoir(${sampleSize} ROWS) REPEATABLE (${seed})`;
}
