import { identifier } from "../engine/sql.ts";

/** A field within a column of objects. */
export interface NestedField {
  /** Names from the column inwards, with points between them. */
  readonly name: string;
  readonly type: string;
  /** The field's value, in SQL. */
  readonly value: string;
}

/** Fields that are looked at of one column. */
const fieldLimit = 50;

/**
 * The plain fields of a column of objects, however deep; lists and maps are no fields.
 *
 * @param type as DuckDB writes it, such as `STRUCT(mag DOUBLE, "at" STRUCT(x BIGINT))`
 */
export function nestedFields(column: string, type: string): readonly NestedField[] {
  return fieldsOf({ name: column, type, value: identifier(column) }).slice(0, fieldLimit);
}

function fieldsOf(field: NestedField): readonly NestedField[] {
  const inner = /^STRUCT\((.*)\)$/s.exec(field.type)?.[1];
  if (inner === undefined)
    return /[[(]/.test(field.type.replace(/^DECIMAL\([\d,]*\)/, "")) ? [] : [field];
  return partsOf(inner).flatMap((part) => {
    const [, quoted, plain, type = ""] = /^(?:"((?:[^"]|"")*)"|(\S+)) (.*)$/s.exec(part) ?? [];
    const name = quoted?.replaceAll('""', '"') ?? plain ?? "";
    const value = `${field.value}.${identifier(name)}`;
    return fieldsOf({ name: `${field.name}.${name}`, type, value });
  });
}

/** What stands between commas outside of brackets and quotation marks. */
function partsOf(inner: string): readonly string[] {
  const parts: string[] = [""];
  let depth = 0;
  for (const [token] of inner.matchAll(/"(?:[^"]|"")*"|[^",()[\]]+|[,()[\]]/g)) {
    if (token === "(" || token === "[") depth += 1;
    if (token === ")" || token === "]") depth -= 1;
    if (token === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += token;
  }
  return parts.map((part) => part.trim());
}
