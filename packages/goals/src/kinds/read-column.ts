import { type ColumnSchema, columnKey, columnSchema, isDateFormat } from "@troupe/data";

/**
 * What an analyst said of a column, as it is to be taken: with the name that the column has, and the key that follows from the
 * rest.
 *
 * @returns undefined when it is no column, or written in a way of writing dates that is not known
 */
export function readColumn(
  name: string,
  said: unknown,
): { readonly key: string; readonly value: ColumnSchema } | undefined {
  const parsed = columnSchema.safeParse(said);
  if (!parsed.success) return undefined;
  const { format } = parsed.data;
  if (format !== undefined && !isDateFormat(format)) return undefined;
  const value = { ...parsed.data, name };
  return { key: columnKey(value), value };
}
