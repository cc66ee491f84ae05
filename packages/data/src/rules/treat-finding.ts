import type { Engine } from "../engine/engine.ts";
import { identifier, literal, parquet } from "../engine/sql.ts";
import type { ColumnJudgement } from "../schema/judge-column.ts";
import { type Lens, sampleSize } from "../schema/lens.ts";
import { diagnoseTimes } from "./century-slip.ts";
import { countDays } from "./count-days.ts";
import type { Finding, Treatment } from "./rule.ts";

/** Rows that the lens `storage` looks at. */
const firstRows = 1000;

/** What a gate found, and where. */
export interface FindingPlace {
  /** Path of the version that the gate refused. */
  readonly input: string;
  readonly finding: Finding;
  /** Nothing observed can be later, milliseconds since the epoch. */
  readonly referenceTime: number;
}

/** Whether there is more than one thing to do about a finding. */
export function isTreatable({ kind, severity }: Finding): boolean {
  return kind === "plausible-time" && severity === "block";
}

/**
 * What is to be done about a finding by what one lens sees: `values` looks at all values, `storage` at the first rows, `sample`
 * at some. Those that see nothing wrong in their rows would keep the values.
 *
 * @param seed which rows the sample takes
 */
export async function proposeTreatment(
  engine: Engine,
  place: FindingPlace,
  lens: Lens,
  seed: number,
  signal?: AbortSignal,
): Promise<Treatment> {
  return diagnose(engine, place, rowsOf(place, lens, seed), signal);
}

/**
 * Chooses among treatments that others proposed, looking at the values in question as well. Votes for none where what it sees
 * is not among them.
 */
export async function judgeTreatment(
  engine: Engine,
  place: FindingPlace,
  lens: Lens,
  alternatives: readonly Treatment[],
  seed: number,
  signal?: AbortSignal,
): Promise<ColumnJudgement> {
  const column = identifier(place.finding.column);
  const table = parquet(place.input);
  const rows = `SELECT * FROM (${rowsOf(place, lens, seed)}) UNION SELECT _row, ${column} AS v FROM ${table} WHERE ${suspect(place)}`;
  const treatment = await diagnose(engine, place, rows, signal);
  const index = alternatives.indexOf(treatment);
  return {
    choice: index === -1 ? undefined : index,
    reason: `'${lens}', with the values in question, would ${treatment}`,
  };
}

async function diagnose(
  engine: Engine,
  { finding, referenceTime }: FindingPlace,
  rows: string,
  signal: AbortSignal | undefined,
): Promise<Treatment> {
  const days = await countDays(engine, rows, signal);
  const reference = Math.floor(referenceTime / 86_400_000);
  const { kind } = diagnoseTimes({ days, reference });
  if (kind === "plausible") return "keep";
  return kind === "century-slip" && finding.slippedFrom !== undefined ? "mend" : "set-aside";
}

function rowsOf({ input, finding }: FindingPlace, lens: Lens, seed: number): string {
  const values = `SELECT _row, ${identifier(finding.column)} AS v FROM ${parquet(input)}`;
  if (lens === "values") return values;
  return lens === "storage"
    ? `${values} ORDER BY _row LIMIT ${firstRows}`
    : `${values} USING SAMPLE reservoir(${sampleSize} ROWS) REPEATABLE (${seed})`;
}

/** Where the values in question are. */
function suspect({ finding, referenceTime }: FindingPlace): string {
  const { column, slippedFrom } = finding;
  const from = slippedFrom ?? new Date(referenceTime + 86_400_000).toISOString().slice(0, 10);
  return `coalesce(${identifier(column)} >= DATE ${literal(from)}, false)`;
}
