import type { Engine } from "../engine/engine.ts";
import { identifier, literal } from "../engine/sql.ts";
import { RowCountError } from "../errors.ts";
import type { Profile } from "../profile/profile-schema.ts";
import { textOf } from "../profile/profile-source.ts";
import type { ColumnSchema } from "../schema/column-schema.ts";
import { castOf, isPlaceholder } from "../schema/propose-schema.ts";
import { scan } from "../source/source.ts";
import type { Version } from "./outcome.ts";
import { writeParquet } from "./write.ts";

interface StageInput {
  readonly profile: Profile;
  readonly schema: readonly ColumnSchema[];
  readonly output: string;
  readonly quarantine: string;
  readonly attempt: string;
}

/**
 * Brings the source into the agreed types. Every row is numbered as in the source (`_row`, from 1);
 * rows with a value that can't be read as its column's type are set aside with the reason and the
 * whole original record.
 */
export async function stageDataset(
  engine: Engine,
  { profile, schema, output, quarantine, attempt }: StageInput,
  signal?: AbortSignal,
): Promise<Version> {
  const { source } = profile;
  const storageOf = (name: string): string =>
    profile.columns.find((column) => column.name === name)?.storage ?? "VARCHAR";
  const numbered = `(SELECT row_number() OVER () AS _row, * FROM ${scan(source, true)})`;
  const typed = schema.map((column) => {
    const text = textOf(column.name, storageOf(column.name));
    const cast = castOf(column, `trim(${text})`);
    const value =
      column.type === "text"
        ? text
        : `CASE WHEN ${isPlaceholder(column, text)} THEN NULL ELSE ${cast} END`;
    const failed =
      column.type === "text" || column.type === "json"
        ? "false"
        : `(${text} IS NOT NULL AND trim(${text}) <> '' AND NOT ${isPlaceholder(column, text)} AND ${cast} IS NULL)`;
    return { column, text, value, failed };
  });
  const readable = typed.map(({ failed }) => `NOT coalesce(${failed}, false)`).join(" AND ");
  const values = typed.map(({ column, value }) => `${value} AS ${identifier(column.name)}`);
  const rows = await writeParquet(
    engine,
    `SELECT _row, ${values.join(", ")} FROM ${numbered} WHERE ${readable} ORDER BY _row`,
    output,
    attempt,
    signal,
  );
  const quarantined = profile.rows - rows;
  const reasons: Version["reasons"] = [];
  if (quarantined > 0) {
    const cases = typed.map(
      ({ column, failed }) =>
        `WHEN coalesce(${failed}, false) THEN ${literal(`not ${article(column.type)} ${column.type}`)}`,
    );
    const columns = typed.map(
      ({ column, failed }) => `WHEN coalesce(${failed}, false) THEN ${literal(column.name)}`,
    );
    const texts = typed.map(({ text, failed }) => `WHEN coalesce(${failed}, false) THEN ${text}`);
    const record = schema
      .map(({ name }) => `${identifier(name)} := ${identifier(name)}`)
      .join(", ");
    const found = await writeParquet(
      engine,
      `SELECT _row, CASE ${cases.join(" ")} END AS reason, CASE ${columns.join(" ")} END AS "column", CASE ${texts.join(" ")} END AS "value", CAST(to_json(struct_pack(${record})) AS VARCHAR) AS record FROM ${numbered} WHERE NOT (${readable}) ORDER BY _row`,
      quarantine,
      attempt,
      signal,
    );
    if (found !== quarantined) throw new RowCountError("stage", quarantined, found);
    const counted = await engine.rows(
      `SELECT reason, "column" AS c, count(*)::DOUBLE AS n FROM read_parquet(${literal(quarantine)}) GROUP BY ALL ORDER BY n DESC, c`,
      signal,
    );
    reasons.push(
      ...counted.map((row) => ({
        reason: String(row["reason"]),
        column: String(row["c"]),
        rows: Number(row["n"]),
        action: "quarantined" as const,
      })),
    );
  }
  for (const { column, text } of typed) {
    if (column.type === "text" || column.placeholders.length === 0) continue;
    const [count] = await engine.rows(
      `SELECT count(*)::DOUBLE AS n FROM ${numbered} WHERE ${isPlaceholder(column, text)}`,
      signal,
    );
    const changed = Number(count?.["n"] ?? 0);
    if (changed > 0) {
      reasons.push({
        reason: placeholderReason(column),
        column: column.name,
        rows: changed,
        action: "repaired",
      });
    }
  }
  return {
    output,
    ...(quarantined > 0 ? { quarantine } : {}),
    rows,
    quarantined,
    duplicates: 0,
    reasons,
  };
}

export function placeholderReason(column: ColumnSchema): string {
  const tokens = column.placeholders.map((token) => `'${token}'`).join(", ");
  return `${tokens} stands for "nothing" and became null`;
}

function article(type: string): string {
  return /^[aeio]/.test(type) ? "an" : "a";
}
