import type { Profile } from "../profile/profile-schema.ts";
import type { ColumnSchema } from "../schema/column-schema.ts";
import type { QualityRule } from "./rule.ts";

/**
 * Rules that the evidence supports: recorded times are not impossible, what stands for "nothing" is
 * gone, and what identifies rows does.
 */
export function inferRules(
  profile: Profile,
  schema: readonly ColumnSchema[],
): readonly QualityRule[] {
  return [
    ...faultyRows(profile, schema),
    ...schema.flatMap((column): QualityRule[] => {
      const seen = profile.columns.find(({ name }) => name === column.name);
      if (seen === undefined) return [];
      const rules: QualityRule[] = [];
      if (column.type === "date" || column.type === "timestamp") {
        rules.push({
          id: `plausible-time:${column.name}`,
          kind: "plausible-time",
          column: column.name,
          severity: "block",
          why: `'${column.name}' says when something happened, and nothing has happened yet in the future`,
        });
      }
      if (column.type === "text" && column.placeholders.length > 0) {
        rules.push({
          id: `placeholder-free:${column.name}`,
          kind: "placeholder-free",
          column: column.name,
          tokens: column.placeholders,
          severity: "block",
          why: `${column.placeholders.map((token) => `'${token}'`).join(", ")} stands for "nothing"`,
        });
      }
      const identifying = /^(id|key|uuid|code)$|[ _-]id$|Id$/.test(column.name);
      const present = profile.rows - seen.nulls;
      // Distinct values are estimated; a key shows as an estimate near the number of rows.
      if (identifying && seen.nulls === 0 && seen.distinct >= present * 0.95) {
        rules.push({
          id: `key:${column.name}`,
          kind: "key",
          column: column.name,
          severity: "warn",
          why: `'${column.name}' is named like an identifier and nearly all its values differ`,
        });
      }
      return rules;
    }),
  ];
}

/** One rule for all rows that the inspection is sure of. */
function faultyRows(profile: Profile, schema: readonly ColumnSchema[]): readonly QualityRule[] {
  const hard = (profile.faults ?? []).filter(({ severity }) => severity === "hard");
  if (hard.length === 0) return [];
  const names = hard.flatMap(({ columns }) => columns);
  // Columns of time have a rule of their own, and one validation at a time mends a column.
  const isFree = ({ name, type }: ColumnSchema): boolean =>
    type !== "date" && type !== "timestamp" && names.includes(name);
  const column = schema.find(isFree)?.name ?? names[0] ?? "";
  return [
    {
      id: "faulty-rows",
      kind: "faulty-rows",
      column,
      rowNumbers: [...new Set(hard.flatMap(({ rowNumbers }) => rowNumbers))].sort((a, b) => a - b),
      severity: "block",
      why: hard.map(({ evidence }) => evidence).join("; "),
    },
  ];
}
