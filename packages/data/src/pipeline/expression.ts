import type { Engine } from "../engine/engine.ts";
import { StatementForbiddenError } from "../errors.ts";
import {
  checkQuery,
  functionName,
  type Node,
  nodesOf,
  parseQuery,
} from "../study/allowed-query.ts";

/** Functions that give something else each time, so that a task done twice would leave two results. */
const unsteady: ReadonlySet<string> = new Set([
  "current_date",
  "current_localtime",
  "current_localtimestamp",
  "current_time",
  "current_timestamp",
  "gen_random_uuid",
  "get_current_timestamp",
  "nextval",
  "now",
  "random",
  "today",
  "transaction_timestamp",
  "txid_current",
  "uuid",
  "uuidv4",
  "uuidv7",
]);

/**
 * Lets only an expression pass that is computed from one row and nothing else.
 *
 * @returns the names of columns that it reads, each in its parts: `["price"]`, `["orders", "price"]`
 * @throws StatementForbiddenError saying what it must not use; QueryFailedError when it is no SQL
 */
export async function checkExpression(
  engine: Engine,
  expression: string,
  signal?: AbortSignal,
): Promise<readonly (readonly string[])[]> {
  const sql = `SELECT (${expression}\n) AS value`;
  await checkQuery(engine, sql, [], signal);
  const tree = await parseQuery(engine, sql, signal);
  const refuse = (why: string): never => {
    throw new StatementForbiddenError(expression, why);
  };
  const items = (tree["select_list"] ?? []) as readonly Node[];
  const from = tree["from_table"] as Node | undefined;
  if (tree["type"] !== "SELECT_NODE" || items.length !== 1 || from?.["type"] !== "EMPTY") {
    refuse("it is more than one value");
  }
  for (const node of nodesOf(items)) {
    if (node["class"] === "SUBQUERY")
      refuse("it has a query of its own: join, or use a step 'sql'");
    if (node["class"] === "WINDOW") refuse("it looks at other rows: use a step 'sql'");
    if (node["class"] === "STAR") refuse("it names no column");
  }
  checkSteady(expression, tree);
  return columnsIn(items);
}

/**
 * Lets only a query pass that reads the given tables and gives the same rows each time.
 *
 * @throws StatementForbiddenError, QueryFailedError
 */
export async function checkStepQuery(
  engine: Engine,
  sql: string,
  tables: readonly string[],
  signal?: AbortSignal,
): Promise<Node> {
  await checkQuery(engine, sql, tables, signal);
  const tree = await parseQuery(engine, sql, signal);
  checkSteady(sql, tree);
  return tree;
}

/** The columns that a part of a syntax tree names, each in its parts. */
export function columnsIn(tree: unknown): readonly (readonly string[])[] {
  return nodesOf(tree).flatMap((node) =>
    node["class"] === "COLUMN_REF" ? [node["column_names"] as readonly string[]] : [],
  );
}

function checkSteady(sql: string, tree: Node): void {
  for (const node of nodesOf(tree)) {
    const isWord = node["class"] === "COLUMN_REF";
    const [word = ""] = isWord ? (node["column_names"] as readonly string[]) : [];
    const name = isWord ? word.toLowerCase() : "function_name" in node ? functionName(node) : "";
    // Without parentheses DuckDB reads some of them as columns, until it binds.
    const isUnsteady = unsteady.has(name) && (!isWord || name.startsWith("current_"));
    if (!isUnsteady) continue;
    throw new StatementForbiddenError(
      sql,
      `'${name}' gives something else each time, and a task may be done twice: put it into the goal as a value`,
    );
  }
}
