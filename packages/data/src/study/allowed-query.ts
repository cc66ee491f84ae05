import type { Engine } from "../engine/engine.ts";
import { literal } from "../engine/sql.ts";
import { QueryFailedError, StatementForbiddenError } from "../errors.ts";

/** Table functions that make rows of nothing but their arguments. */
const harmlessTables: ReadonlySet<string> = new Set(["range", "generate_series", "unnest"]);

/** Functions that tell of the machine or act on it instead of computing with values. */
const reachingFunctions: ReadonlySet<string> = new Set([
  "current_setting",
  "getenv",
  "getvariable",
  "json_serialize_plan",
  "setseed",
  "sleep_ms",
  "write_log",
]);

/**
 * Lets only one SELECT pass, whose tables are the named sources and what it makes of them itself.
 * The engine's sandbox refuses files and settings anyway; this refuses them before anything is bound,
 * with the query's own words, and also what the sandbox would let pass: catalogs and settings to read,
 * table functions that act (`enable_profiling`), queries in texts (`query('…')`).
 *
 * @throws StatementForbiddenError naming what it must not use; QueryFailedError when it is no SQL
 */
export async function checkQuery(
  engine: Engine,
  sql: string,
  sources: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const found = nodesOf(await parseQuery(engine, sql, signal));
  const known = new Set([...sources, ...found.flatMap(namesOfSteps)].map((name) => lower(name)));
  for (const node of found) {
    const fault = faultOf(node, known);
    if (fault === undefined) continue;
    const names = sources.map((name) => `'${name}'`).join(", ");
    throw new StatementForbiddenError(sql, `${fault}, and its sources are ${names || "none"}`);
  }
}

/**
 * The syntax tree of one SELECT. Nothing of it is bound or run.
 *
 * @throws StatementForbiddenError when it is something else; QueryFailedError when it is no SQL
 */
export async function parseQuery(engine: Engine, sql: string, signal?: AbortSignal): Promise<Node> {
  const [row] = await engine.rows(`SELECT json_serialize_sql(${literal(sql)}) AS tree`, signal);
  const tree = JSON.parse(String(row?.["tree"])) as Tree;
  if (tree.error) {
    if (tree.error_type !== "parser") {
      throw new StatementForbiddenError(sql, "it is no SELECT");
    }
    throw new QueryFailedError(sql, tree.error_message ?? "it is no SQL");
  }
  const { statements = [] } = tree;
  const [only] = statements as readonly { readonly node: Node }[];
  if (only === undefined || statements.length !== 1) {
    throw new StatementForbiddenError(sql, `it is ${statements.length} statements, not one`);
  }
  return only.node;
}

interface Tree {
  readonly error: boolean;
  readonly error_type?: string;
  readonly error_message?: string;
  readonly statements?: readonly unknown[];
}
/** A part of a syntax tree, as DuckDB writes it. */
export type Node = Readonly<Record<string, unknown>>;

/** Every object of the tree, however deep. */
export function nodesOf(tree: unknown): readonly Node[] {
  const found: Node[] = [];
  const waiting: unknown[] = [tree];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== "object" || next === null) continue;
    if (!Array.isArray(next)) found.push(next as Node);
    waiting.push(...Object.values(next));
  }
  return found;
}

/** Names that a WITH of the query gives. */
function namesOfSteps(node: Node): readonly string[] {
  const { map } = (node["cte_map"] ?? {}) as { readonly map?: readonly { readonly key: string }[] };
  return (map ?? []).map(({ key }) => key);
}

function faultOf(node: Node, known: ReadonlySet<string>): string | undefined {
  switch (node["type"]) {
    case "BASE_TABLE": {
      const path = [node["catalog_name"], node["schema_name"], node["table_name"]].filter(Boolean);
      const name = path.join(".");
      return path.length === 1 && known.has(lower(name)) ? undefined : `it reads '${name}'`;
    }
    case "TABLE_FUNCTION": {
      const name = functionName(node["function"]);
      return harmlessTables.has(name) ? undefined : `it reads from '${name}()'`;
    }
    case "SHOW_REF":
      return "it describes tables instead of reading them";
    case "FUNCTION": {
      const name = functionName(node);
      return reachingFunctions.has(name) ? `it calls '${name}()'` : undefined;
    }
    default:
      return undefined;
  }
}

export function functionName(node: unknown): string {
  return lower(String((node as Node)["function_name"]));
}

function lower(text: string): string {
  return text.toLowerCase();
}
