import { identifier } from "../engine/sql.ts";
import { dataTypeOf, isComparable, isConvertible, storedAs } from "./data-type.ts";
import type { JoinStep, Step } from "./step.ts";

/** A column of a table of a pipeline. */
export interface TableColumn {
  readonly name: string;
  /** DuckDB's type. */
  readonly type: string;
}

/** What is wrong with a step, once the columns of its tables are known. */
export class StepFault extends Error {}

type ColumnsOf = (table: string) => readonly TableColumn[];

/**
 * The SELECT that a step stands for, over tables by their names.
 *
 * @throws StepFault naming the column that is not there, or twice
 */
export function stepSql(step: Step, columnsOf: ColumnsOf): string {
  const [from = ""] = step.reads;
  const columns = step.op === "sql" ? [] : columnsOf(from);
  const table = identifier(from);
  const need = (names: readonly string[]): void => needColumns(from, columns, names);
  switch (step.op) {
    case "select":
      need(step.columns);
      return `SELECT ${step.columns.map(identifier).join(", ")} FROM ${table}`;
    case "filter":
      return `SELECT * FROM ${table} WHERE (${step.where}\n)`;
    case "derive": {
      const values = Object.entries(step.columns).map(([name, value]) => ({ name, value }));
      const kept = columns.filter(({ name }) => !values.some((one) => sameName(one.name, name)));
      return `SELECT ${[
        ...kept.map(({ name }) => identifier(name)),
        ...values.map(({ name, value }) => `(${value}\n) AS ${identifier(name)}`),
      ].join(", ")} FROM ${table}`;
    }
    case "rename": {
      need(Object.keys(step.columns));
      const named = columns.map(({ name }) => ({ from: name, to: step.columns[name] ?? name }));
      refuseTwice(named.map(({ to }) => to));
      const values = named.map(({ from: old, to }) => `${identifier(old)} AS ${identifier(to)}`);
      return `SELECT ${values.join(", ")} FROM ${table}`;
    }
    case "cast": {
      need(Object.keys(step.columns));
      for (const [name, type] of Object.entries(step.columns)) {
        const own = typeOf(columns, name);
        if (isConvertible(own, type)) continue;
        throw new StepFault(`'${name}' is ${own}, and no ${own} can be read as ${type}: derive it`);
      }
      const cast = step.onError === "null" ? "TRY_CAST" : "CAST";
      const values = columns.map(({ name }) => {
        const type = step.columns[name];
        const value = identifier(name);
        return type === undefined ? value : `${cast}(${value} AS ${storedAs(type)}) AS ${value}`;
      });
      return `SELECT ${values.join(", ")} FROM ${table}`;
    }
    case "join":
      return joinSql(step, columnsOf);
    case "aggregate": {
      const by = step.by ?? [];
      need([...by, ...Object.values(step.measures).flatMap(({ of }) => of ?? [])]);
      const measures = Object.entries(step.measures).map(
        ([name, measure]) => `${measureSql(measure.fn, measure.of)} AS ${identifier(name)}`,
      );
      const grouped = by.length === 0 ? "" : ` GROUP BY ${by.map(identifier).join(", ")}`;
      return `SELECT ${[...by.map(identifier), ...measures].join(", ")} FROM ${table}${grouped}`;
    }
    case "deduplicate": {
      const all = columns.map(({ name }) => name);
      if (step.by === undefined) return `SELECT DISTINCT * FROM ${table}`;
      need([...step.by, ...(step.keep === undefined ? [] : [step.keep.column])]);
      const first =
        step.keep === undefined
          ? []
          : [
              `${identifier(step.keep.column)} ${step.keep.order === "largest" ? "DESC" : "ASC"} NULLS LAST`,
            ];
      // By all columns in the end, so that the same rows always leave the same one.
      const order = [...first, ...all.map(identifier)].join(", ");
      return `SELECT * FROM ${table} QUALIFY row_number() OVER (PARTITION BY ${step.by.map(identifier).join(", ")} ORDER BY ${order}) = 1`;
    }
    case "union":
      return step.reads
        .map((name) => {
          sameColumns(from, columns, name, columnsOf(name));
          return `SELECT ${columns.map((column) => identifier(column.name)).join(", ")} FROM ${identifier(name)}`;
        })
        .join(" UNION ALL ");
    case "sql":
      return step.query.replace(/[;\s]+$/, "");
  }
}

/** The columns that a join takes from the table it adds, under the names that they get. */
export function joinedColumns(
  step: JoinStep,
  left: readonly TableColumn[],
  right: readonly TableColumn[],
): readonly { readonly from: string; readonly to: string }[] {
  if (step.how === "semi" || step.how === "anti") return [];
  const keys = joinKeys(step);
  const shared = new Set(keys.flatMap(({ left: l, right: r }) => (l === r ? [r] : [])));
  const suffix = step.suffix ?? `_${step.with}`;
  return right
    .filter(({ name }) => !shared.has(name))
    .map(({ name }) => {
      const isTaken = left.some((column) => sameName(column.name, name));
      return { from: name, to: isTaken ? `${name}${suffix}` : name };
    });
}

/** The pairs of columns that a join compares. */
export function joinKeys({
  on,
}: JoinStep): readonly { readonly left: string; readonly right: string }[] {
  return on.map((key) => (typeof key === "string" ? { left: key, right: key } : key));
}

function joinSql(step: JoinStep & Step, columnsOf: ColumnsOf): string {
  const [from = ""] = step.reads;
  const left = columnsOf(from);
  const right = columnsOf(step.with);
  const keys = joinKeys(step);
  needColumns(
    from,
    left,
    keys.map((key) => key.left),
  );
  needColumns(
    step.with,
    right,
    keys.map((key) => key.right),
  );
  for (const key of keys) {
    const [one, other] = [typeOf(left, key.left), typeOf(right, key.right)];
    if (isComparable(one, other)) continue;
    throw new StepFault(
      `'${from}.${key.left}' is ${one} and '${step.with}.${key.right}' is ${other}: cast one of them before`,
    );
  }
  const joined = joinedColumns(step, left, right);
  refuseTwice([...left.map(({ name }) => name), ...joined.map(({ to }) => to)]);
  const merged = new Set(keys.flatMap(({ left: l, right: r }) => (l === r ? [l] : [])));
  // A row that only the added table has still has its key.
  const fromBoth = step.how === "right" || step.how === "full";
  const values = left.map(({ name }) => {
    const column = identifier(name);
    return fromBoth && merged.has(name)
      ? `coalesce(l.${column}, r.${column}) AS ${column}`
      : `l.${column}`;
  });
  const added = joined.map(({ from: name, to }) => `r.${identifier(name)} AS ${identifier(to)}`);
  const condition = keys
    .map((key) => `l.${identifier(key.left)} = r.${identifier(key.right)}`)
    .join(" AND ");
  return `SELECT ${[...values, ...added].join(", ")} FROM ${identifier(from)} AS l ${step.how.toUpperCase()} JOIN ${identifier(step.with)} AS r ON ${condition}`;
}

function measureSql(fn: string, of: string | undefined): string {
  if (of === undefined) return "count(*)";
  const column = identifier(of);
  return fn === "count-distinct" ? `count(DISTINCT ${column})` : `${fn}(${column})`;
}

function needColumns(
  table: string,
  columns: readonly TableColumn[],
  names: readonly string[],
): void {
  for (const name of names) {
    if (columns.some((column) => column.name === name)) continue;
    const all = columns.map((column) => `'${column.name}'`).join(", ");
    throw new StepFault(`'${table}' has no column '${name}': it has ${all}`);
  }
}

function refuseTwice(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name.toLowerCase())) {
      throw new StepFault(
        `two columns would be named '${name}': rename one, or give another suffix`,
      );
    }
    seen.add(name.toLowerCase());
  }
}

function sameColumns(
  one: string,
  columns: readonly TableColumn[],
  other: string,
  others: readonly TableColumn[],
): void {
  const missing = columns.filter(({ name }) => !others.some((column) => column.name === name));
  const extra = others.filter(({ name }) => !columns.some((column) => column.name === name));
  const list = (found: readonly TableColumn[]) => found.map(({ name }) => `'${name}'`).join(", ");
  if (missing.length > 0) {
    throw new StepFault(`'${other}' has no ${list(missing)}, which '${one}' has: derive or select`);
  }
  if (extra.length > 0) {
    throw new StepFault(
      `'${other}' also has ${list(extra)}, which '${one}' has not: select without`,
    );
  }
}

function typeOf(columns: readonly TableColumn[], name: string) {
  return dataTypeOf(columns.find((column) => column.name === name)?.type ?? "VARCHAR");
}

function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
