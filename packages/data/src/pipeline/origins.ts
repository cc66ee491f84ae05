import { z } from "zod";
import type { Node } from "../study/allowed-query.ts";
import { columnsIn } from "./expression.ts";
import type { Step } from "./step.ts";
import { joinedColumns, type TableColumn } from "./step-sql.ts";

/** A column of a source that a value comes from. */
export const originSchema = z.object({
  source: z.string(),
  column: z.string(),
  /** `same` value, `computed` from it, or `aggregated` over rows. */
  how: z.enum(["same", "computed", "aggregated"]),
});
export type Origin = z.output<typeof originSchema>;

/** For each column of a table the columns of sources that it is made of. */
export interface Origins {
  readonly columns: Readonly<Record<string, readonly Origin[]>>;
  /** Columns that SQL names, each in its parts. */
  readonly used: readonly (readonly string[])[];
}

type Tables = Readonly<
  Record<
    string,
    {
      readonly columns: readonly TableColumn[];
      readonly origins: Readonly<Record<string, readonly Origin[]>>;
    }
  >
>;

export function sourceOrigins(
  source: string,
  columns: readonly TableColumn[],
): Record<string, Origin[]> {
  return Object.fromEntries(
    columns.map(({ name }) => [name, [{ source, column: name, how: "same" as const }]]),
  );
}

/**
 * Where the columns of a step come from, as columns of sources.
 *
 * @param read what its SQL names: by column of a `derive`, or the syntax tree of an `sql`
 */
export function addOrigins(
  step: Step,
  read: ReadonlyMap<string, Origins["used"]> | Node,
  columns: readonly TableColumn[],
  tables: Tables,
): Record<string, Origin[]> {
  const [from = ""] = step.reads;
  const before = tables[from];
  const originsIn = (table: string, column: string): readonly Origin[] =>
    tables[table]?.origins[column] ?? [];
  const each = (find: (name: string, index: number) => readonly Origin[]) =>
    Object.fromEntries(columns.map(({ name }, index) => [name, distinct(find(name, index))]));
  switch (step.op) {
    case "select":
    case "filter":
    case "deduplicate":
      return each((name) => originsIn(from, name));
    case "cast":
      return each((name) =>
        name in step.columns ? as("computed", originsIn(from, name)) : originsIn(from, name),
      );
    case "rename": {
      const old = new Map(Object.entries(step.columns).map(([was, is]) => [is, was]));
      return each((name) => originsIn(from, old.get(name) ?? name));
    }
    case "derive":
      return each((name) => {
        const used = (read as ReadonlyMap<string, Origins["used"]>).get(name);
        if (used === undefined) return originsIn(from, name);
        return as(
          "computed",
          used.flatMap((parts) => resolve(parts, step.reads, tables)),
        );
      });
    case "join": {
      const added = joinedColumns(step, before?.columns ?? [], tables[step.with]?.columns ?? []);
      return each((name) => {
        const joined = added.find(({ to }) => to === name);
        return joined === undefined ? originsIn(from, name) : originsIn(step.with, joined.from);
      });
    }
    case "aggregate":
      return each((name) => {
        const measure = Object.hasOwn(step.measures, name) ? step.measures[name] : undefined;
        if (measure === undefined) return originsIn(from, name);
        return measure.of === undefined ? [] : as("aggregated", originsIn(from, measure.of));
      });
    case "union":
      return each((name) => step.reads.flatMap((table) => originsIn(table, name)));
    case "sql": {
      const tree = read as Node;
      const items = (tree["select_list"] ?? []) as readonly Node[];
      const isPlain = tree["type"] === "SELECT_NODE" && items.length === columns.length;
      return each((_name, index) => {
        const named = columnsIn(isPlain ? items[index] : tree);
        const found = named.flatMap((parts) => resolve(parts, step.reads, tables));
        if (found.length > 0) return as("computed", found);
        // A star, or a step of its own: it may come from anything that the query reads.
        return as(
          "computed",
          step.reads.flatMap((t) => Object.values(tables[t]?.origins ?? {}).flat()),
        );
      });
    }
  }
}

/** The columns of tables that a name in SQL can mean. */
function resolve(
  parts: readonly string[],
  reads: readonly string[],
  tables: Tables,
): readonly Origin[] {
  const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
  const [first = "", second] = parts;
  return reads.flatMap((table) => {
    const column = tables[table]?.columns.find(
      ({ name }) => same(name, first) || (second !== undefined && same(name, second)),
    );
    return column === undefined ? [] : (tables[table]?.origins[column.name] ?? []);
  });
}

function as(how: Origin["how"], origins: readonly Origin[]): readonly Origin[] {
  return origins.map((origin) => (origin.how === "aggregated" ? origin : { ...origin, how }));
}

function distinct(origins: readonly Origin[]): Origin[] {
  return [
    ...new Map(origins.map((one) => [`${one.source} ${one.column} ${one.how}`, one])).values(),
  ];
}
