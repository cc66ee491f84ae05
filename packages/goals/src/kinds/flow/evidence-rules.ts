import { type Decision, finalAction, type Rule, type Situation, type Step } from "@troupe/agents";
import {
  analysisSchema,
  type Check,
  quoted,
  routeSchema,
  transformedSchema,
  validationSchema,
} from "./data-actions.ts";

/** Part of the rows from which on a column counts as one that is always filled, or always distinct. */
const nearlyAll = 0.9;

/**
 * What an agent without a model does with a file: look at it, hold it against what its own contents
 * suggest, set aside what breaks that, look again, and say where it belongs. Each rule reads nothing
 * but the steps, so the same file leads to the same steps.
 */
export const evidenceRules: readonly Rule[] = [
  ({ steps, input }) => {
    if (last(steps, "analyze_schema") !== undefined) return undefined;
    const { path } = (input ?? {}) as { readonly path?: unknown };
    return decide("analyze_schema", { path }, "nothing is known of the file: look at it first");
  },
  (situation) => {
    const { table, checks } = subjectOf(situation);
    const validated = last(situation.steps, "validate_data");
    const isValidated =
      validated !== undefined && validationSchema.parse(validated).table === table;
    if (isValidated || checks.length === 0) return undefined;
    const thought = `what nearly all rows keep to should hold for all: ${checks.length} checks`;
    return decide("validate_data", { table, checks }, thought);
  },
  (situation) => {
    const { table, checks } = subjectOf(situation);
    const found = last(situation.steps, "validate_data");
    if (found === undefined || last(situation.steps, "transform_data") !== undefined)
      return undefined;
    const broken = validationSchema.parse(found).checks.filter(({ violations }) => violations > 0);
    if (broken.length === 0) return undefined;
    const sql = keeping(checks);
    const words = broken.map(({ column, rule, violations }) => `${column} ${rule}: ${violations}`);
    return decide(
      "transform_data",
      { sql, sources: { data: table } },
      `leave out what breaks a rule (${words.join(", ")})`,
    );
  },
  ({ steps }) => {
    if (last(steps, "route_pipeline") !== undefined) return undefined;
    const found = last(steps, "validate_data");
    const score = found === undefined ? 1 : validationSchema.parse(found).score;
    return decide("route_pipeline", { score }, `its score is ${score}: see where it belongs`);
  },
  (situation) => {
    const { table } = subjectOf(situation);
    const { route, because } = routeSchema.parse(last(situation.steps, "route_pipeline"));
    return decide(
      finalAction,
      { result: { route, table, because } },
      "all that there is to know is known",
    );
  },
];

/** The table as it is by now, and what it should keep to. */
function subjectOf({ steps }: Situation): {
  readonly table: string;
  readonly checks: readonly Check[];
} {
  const analysis = analysisSchema.parse(last(steps, "analyze_schema"));
  const transformed = last(steps, "transform_data");
  const { rows, columns } = analysis;
  const checks = columns.flatMap(({ name, nulls, distinct }): readonly Check[] => {
    const filled = rows - nulls;
    const isFilled = filled >= nearlyAll * rows;
    const isKey = isFilled && /(^|_)(id|key)$/i.test(name) && distinct >= nearlyAll * filled;
    return [
      ...(isFilled ? [{ column: name, rule: "not_null" as const }] : []),
      ...(isKey ? [{ column: name, rule: "unique" as const }] : []),
    ];
  });
  return {
    table: transformed === undefined ? analysis.table : transformedSchema.parse(transformed).table,
    checks,
  };
}

/** A query that keeps the rows which break none of the checks, and the first of those with one key. */
function keeping(checks: readonly Check[]): string {
  const filled = checks
    .filter(({ rule }) => rule === "not_null")
    .map(({ column }) => `${quoted(column)} IS NOT NULL`);
  const keys = checks.filter(({ rule }) => rule === "unique").map(({ column }) => quoted(column));
  const where = filled.length === 0 ? "" : ` WHERE ${filled.join(" AND ")}`;
  const first = keys.map((key) => `row_number() OVER (PARTITION BY ${key}) = 1`);
  const qualify = first.length === 0 ? "" : ` QUALIFY ${first.join(" AND ")}`;
  return `SELECT * FROM data${where}${qualify}`;
}

/** What an action found out when it last succeeded. */
function last(steps: readonly Step[], action: string): unknown {
  return steps.findLast((step) => step.action === action && step.ok)?.observation;
}

function decide(action: string, input: unknown, thought: string): Decision {
  return { thought, action, input };
}
