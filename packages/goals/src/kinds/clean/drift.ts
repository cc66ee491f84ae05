import {
  adaptSource,
  type ColumnProfile,
  type ColumnSchema,
  compareSources,
  type Drift,
  knownColumns,
  type Profile,
  readAs,
  refusedDrifts,
  type SchemaDrift,
  type SchemaVersion,
} from "@troupe/data";
import type { CleanDriftPolicy } from "./goal.ts";

/** Share of a column's values that must be readable in its old type for that to be kept. */
const readableLimit = 0.9;

/** The version before, as it was recalled. */
interface Before {
  readonly before: SchemaVersion | null;
  readonly profile: Profile | null;
}

/** A source that was looked at and agreed on, and how it is read although it has changed. */
export interface AdaptedSource {
  readonly profile: Profile;
  readonly schema: readonly ColumnSchema[];
  /** What changed since the version before, when there was one. */
  readonly drift?: Drift;
  /** What of that the goal does not allow. */
  readonly refused: Pick<Drift, "schema" | "values">;
  /** What was done about the changes, in one sentence each. */
  readonly adapted: readonly string[];
}

/**
 * Compares a source with that of the version before, and says how it is to be read. What the goal refuses is adapted to
 * as well, for the case that people allow it.
 */
export function adapt(
  dataset: string,
  { before, profile: old }: Before,
  profile: Profile,
  schema: readonly ColumnSchema[],
  policy: CleanDriftPolicy,
): AdaptedSource {
  const known = before?.sources[dataset]?.columns;
  if (known === undefined || old === null) {
    return { profile, schema, refused: { schema: [], values: [] }, adapted: [] };
  }
  const now = knownColumns(profile, schema);
  const drift = compareSources(
    dataset,
    { profile: old, columns: known },
    { profile, columns: now },
  );
  const refused = {
    schema: [...refusedDrifts(drift.schema, policy)],
    values: policy.values === "refuse" ? drift.values : [],
  };
  const isHopeless = (change: SchemaDrift): boolean =>
    change.kind === "retyped" &&
    policy.retyped !== "accept" &&
    readable(profile, change) < readableLimit;
  const hopeless = drift.schema.filter(isHopeless);
  const { readings, notes } = adaptSource(
    dataset,
    known,
    now,
    drift.schema.filter((change) => !isHopeless(change)),
    allowed(policy),
  );
  const given = hopeless.map(
    (change) =>
      `'${change.column}' is ${change.is} from now on: only ${Math.round(readable(profile, change) * 100)} % of its values read as ${change.was}, which it was`,
  );
  return { ...readAs(profile, readings), drift, refused, adapted: [...notes, ...given] };
}

/** The policy once people have allowed what it refuses. */
function allowed(policy: CleanDriftPolicy): CleanDriftPolicy {
  const { added, renamed, retyped, removed } = policy;
  return {
    ...policy,
    added: added === "refuse" ? "accept" : added,
    renamed: renamed === "refuse" ? "follow" : renamed,
    retyped: retyped === "refuse" ? "convert" : retyped,
    removed: removed === "refuse" ? "accept" : removed,
  };
}

/** Share of the values of a column that read as the type that it had, 0 to 1. */
function readable(profile: Profile, { column, was }: SchemaDrift): number {
  const seen = profile.columns.find(({ name }) => name === column);
  const present = profile.rows - (seen?.nulls ?? 0);
  return seen === undefined || present === 0 ? 1 : readingAs(seen, was, present) / present;
}

function readingAs(column: ColumnProfile, type: string | undefined, present: number): number {
  switch (type) {
    case "integer":
      return column.integers;
    case "decimal":
      return column.decimals;
    case "boolean":
      return column.booleans;
    case "date":
    case "timestamp":
      return Math.max(0, ...Object.values(column.dates));
    default:
      return present;
  }
}
