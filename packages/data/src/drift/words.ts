import type { SchemaDrift } from "./schema-drift.ts";
import type { ValueDrift } from "./value-drift.ts";

/** A change of a column in one clause, with the evidence. */
export function schemaDriftInWords(drift: SchemaDrift): string {
  const { source, column, kind, now, was, is, evidence } = drift;
  const change = {
    added: `is new (${is})`,
    removed: "is gone",
    renamed: `is called '${now}' now`,
    retyped: `was ${was} and is ${is}`,
  }[kind];
  return `'${source}.${column}' ${change} (${evidence})`;
}

/** A change of a column in two or three words. */
export function changeOf({ kind, now, was, is }: SchemaDrift): string {
  return {
    added: "new",
    removed: "gone",
    renamed: `now '${now}'`,
    retyped: `${was} → ${is}`,
  }[kind];
}

/** What moved in a column in one clause, with the evidence. */
export function valueDriftInWords({ column, kind, evidence }: ValueDrift): string {
  const change = kind === "missing" ? "has more or fewer missing values" : "holds other values";
  return `'${column}' ${change} (${evidence})`;
}
