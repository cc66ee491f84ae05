import { z } from "zod";
import { encodingSchema } from "./encoding.ts";
import { mendedSchema } from "./mend-source.ts";

const sourceFormatSchema = z.enum(["csv", "tsv", "json", "ndjson", "parquet"]);
export type SourceFormat = z.output<typeof sourceFormatSchema>;

/** How to read a delimited file whose lines have different numbers of values. */
const linesSchema = z.object({
  delimiter: z.string(),
  /** Names of the columns, as in the header. */
  names: z.array(z.string()),
  /** Lines with more or fewer values. */
  ragged: z.number(),
  /** Lines that have as many values when they are divided by another mark, or without the mark that they end with. */
  otherwise: z.number().optional(),
});
export type Lines = z.output<typeof linesSchema>;

/** The copy in UTF-8 of a file that is not. */
const transcodedSchema = z.object({
  path: z.string(),
  /** Characters that could not be decoded; each is U+FFFD in the copy. */
  unreadable: z.number(),
  /** Of a file that mixes encodings: lines that hold characters of the one that fewer lines hold. */
  otherLines: z.number(),
  /** Numbers of the first of them, from 1; line 1 is the header of a delimited file. */
  firstOtherLines: z.array(z.number()),
});
export type Transcoded = z.output<typeof transcodedSchema>;

/** A file, as it was when it was first looked at. */
const fileSchema = z.object({
  path: z.string(),
  format: sourceFormatSchema,
  bytes: z.number(),
  sha256: z.string(),
  /** What its text is written in, when it is not UTF-8. */
  encoding: encodingSchema.optional(),
  /** Where its text is read from then, see `transcodeSource`. */
  utf8: transcodedSchema.optional(),
  /** Where a file of JSON is read from of which some records are broken, see `mendSource`. */
  mended: mendedSchema.optional(),
  /** Columns that go by another name, because theirs is needed for something else. */
  renamed: z.array(z.object({ from: z.string(), to: z.string() })).optional(),
  /** Of a delimited file that can only be read line by line. */
  lines: linesSchema.optional(),
});

/** One of several files that are a source together. */
const sourceFileSchema = fileSchema.extend({
  /** Its rows; they come after those of the files before. */
  rows: z.number(),
  /** Columns of the source that it does not have. Default: none. */
  absent: z.array(z.string()).optional(),
  /** Columns that it has, but no value of, and of another type than the other files. Default: none. */
  blank: z.array(z.string()).optional(),
});
export type SourceFile = z.output<typeof sourceFileSchema>;

/** What a dataset is made from: a file, or several that are one table, one after the other. */
export const sourceSchema = fileSchema.extend({
  /** Of several files, in the order of their rows. `path` is then what they were asked for by, `bytes` those of all. */
  files: z.array(sourceFileSchema).optional(),
  /** Columns whose type is not the same in all files, and the type that they are read in. */
  unified: z.record(z.string(), z.string()).optional(),
  /** Path of a copy of a large file that is quick to read, see `landSource`. */
  landed: z.string().optional(),
  /** Where its columns are not those of the dataset: the names that they are known by, and those that are there without a value. */
  readAs: z
    .object({
      renamed: z.array(z.object({ from: z.string(), to: z.string() })),
      absent: z.array(z.string()),
    })
    .optional(),
});
export type Source = z.output<typeof sourceSchema>;

/** Path of the file's text in UTF-8: its own, or that of its copy. */
export function textFile({ path, utf8, mended }: Source): string {
  return mended?.path ?? utf8?.path ?? path;
}

/** What a column is called in the file; undefined when the file has none such. */
export function nameInFile(
  { renamed = [], readAs }: Pick<Source, "renamed" | "readAs">,
  column: string,
): string | undefined {
  if (readAs?.absent.includes(column) === true) return undefined;
  const read = readAs?.renamed.find(({ to }) => to === column)?.from ?? column;
  return renamed.find(({ to }) => to === read)?.from ?? read;
}

/**
 * In which files a column is, and what it is called there.
 *
 * @param column as the source of the files calls it; null when it has none such
 */
export function originsIn(
  files: readonly Pick<SourceFile, "path" | "renamed" | "absent">[],
  column: string | null,
): readonly { readonly path: string; readonly field: string }[] {
  if (column === null) return [];
  return files.flatMap((file) => {
    if (file.absent?.includes(column) === true) return [];
    return [{ path: file.path, field: nameInFile(file, column) ?? column }];
  });
}

/** Whether text is what a file holds, so that all types are made up from it. */
export function isDelimited({ format }: Pick<Source, "format">): boolean {
  return format === "csv" || format === "tsv";
}
