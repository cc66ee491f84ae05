import { z } from "zod";
import type { Engine } from "../engine/engine.ts";
import { identifier } from "../engine/sql.ts";
import { DataError, InterruptedError, RuleInvalidError } from "../errors.ts";
import { storedAs } from "../pipeline/data-type.ts";
import type { ColumnSchema } from "../schema/column-schema.ts";
import { checkQuery } from "../study/allowed-query.ts";
import type { QualityRule } from "./rule.ts";

/** A rule that somebody wrote. */
const writtenRuleSchema = z.strictObject({
  /** Name of the rule in findings and reasons. */
  id: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/, "must be 1 to 64 letters, digits or '_.:-'"),
  /** The column to name in findings. */
  column: z.string().min(1),
  /** An SQL expression over the dataset's columns that must hold of every row; null counts as holding. */
  expression: z.string().min(1).max(2000),
  /** `block`: rows that break it are set aside; `warn`: they stay, and the report tells. Default `warn`. */
  severity: z.enum(["block", "warn"]).default("warn"),
  /** Share of rows that may break it, 0 to 1. Default 0. */
  atMost: z.number().min(0).max(1).default(0),
  /** What it counts in the score. Default 1. */
  weight: z.number().positive().max(1000).default(1),
  /** Why it must hold, for people. Default: the expression. */
  why: z.string().min(1).max(500).optional(),
});

/** Rules that somebody wrote: in a file, or in a goal. */
export const writtenRulesSchema = z.strictObject({
  rules: z
    .array(writtenRuleSchema)
    .max(200)
    .superRefine((rules, context) => {
      for (const [at, { id }] of rules.entries()) {
        if (rules.findIndex((other) => other.id === id) === at) continue;
        const message = `'${id}' is another rule's id too: no two rules have the same id`;
        context.addIssue({ code: "custom", path: [at, "id"], message });
      }
    }),
});
export type WrittenRules = z.output<typeof writtenRulesSchema>;

/**
 * Makes rules that can be held against the data of those that somebody wrote. Each expression is tried on
 * columns of the agreed types, without data: it may compute with columns and call what the sandbox's
 * queries may call, and read no table.
 *
 * @throws RuleInvalidError naming the rule, what is wrong and the columns there are
 */
export async function adoptRules(
  engine: Engine,
  written: WrittenRules,
  schema: readonly ColumnSchema[],
  signal?: AbortSignal,
): Promise<readonly QualityRule[]> {
  const names = schema.map(({ name }) => `'${name}'`).join(", ");
  const columns = schema.map(
    ({ name, type }) => `CAST(NULL AS ${storedAs(type)}) AS ${identifier(name)}`,
  );
  for (const { id, column, expression } of written.rules) {
    if (!schema.some(({ name }) => name === column)) {
      throw new RuleInvalidError(id, `there is no column '${column}'; there are ${names}`);
    }
    try {
      await checkQuery(engine, `SELECT (${expression}\n) AS holds`, [], signal);
      await engine.rows(
        `SELECT CAST((${expression}\n) AS BOOLEAN) AS holds FROM (SELECT ${columns.join(", ")}) LIMIT 0`,
        signal,
      );
    } catch (error) {
      if (error instanceof InterruptedError) throw error;
      const { message } = error as Error;
      const [said = ""] = message.split("\n");
      const why =
        error instanceof DataError
          ? message.replaceAll("\n", " ")
          : `${said}; the columns are ${names}`;
      throw new RuleInvalidError(id, why, { cause: error });
    }
  }
  return written.rules.map(({ why, ...rule }) => ({
    ...rule,
    kind: "condition",
    why: why ?? `'${rule.id}' must hold`,
  }));
}
