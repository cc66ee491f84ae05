import { SourcesDifferError } from "../errors.ts";
import { encodingName } from "./encoding-words.ts";
import { differenceColumns, type FileDifference, namesInWords } from "./file-difference.ts";
import { isDelimited, nameInFile, type Source, type SourceFile } from "./source.ts";

/** A column as DuckDB sees it. */
interface Column {
  readonly name: string;
  readonly type: string;
}

/** A file and its columns. */
export interface DescribedFile {
  readonly file: SourceFile;
  readonly columns: readonly Column[];
}

/** Files whose columns go by the same names. */
export interface UnitedFiles {
  /** With the names that their columns go by, and what they lack. */
  readonly files: readonly DescribedFile[];
  /** Names of all columns: as in the first file that has them, in the order in which they come. */
  readonly names: readonly string[];
  readonly differences: readonly FileDifference[];
}

/** Most columns that files lack, of all files together: which they are goes with all that is found out. */
const absentLimit = 8000;

/** The name that every version of a dataset gives to the number of a row. */
const rowNumber = "_row";

/**
 * Puts the columns of several files together by their names, whatever their order and their case. A file may lack columns
 * that most files have, which are empty in its rows then, or have others besides, which are empty in those of the other
 * files, as long as at least half of its columns, and of those that most files have, are the same; of two files the first one's
 * count. Pure.
 *
 * @throws SourcesDifferError for the first file that is of another kind: of another format, with columns that are told
 *   apart by their case alone and written otherwise in another file, or with too few that the others have; and for the one
 *   with which files lack more than may be told
 */
export function uniteColumns(described: readonly DescribedFile[]): UnitedFiles {
  const [first] = described;
  if (first === undefined) return { files: [], names: [], differences: [] };
  for (const { file } of described) {
    const [own, other] = [file, first.file].map(familyOf);
    if (own === other) continue;
    const why = `it is ${own}, and '${first.file.path}' is ${other}`;
    throw new SourcesDifferError(file.path, why);
  }
  const keyed = described.map(({ file, columns }) => ({ file, columns: byKey(file, columns) }));
  checkTwins(keyed);
  const names = unitedNames(keyed.map(({ columns }) => columns));
  const count = (key: string): number => keyed.filter(({ columns }) => columns.has(key)).length;
  const frequent = [...names.keys()].filter((key) => count(key) * 2 > keyed.length);
  // Of two files neither is more usual than the other, and files without a common column have no usual ones.
  const byMost = keyed.length > 2 && frequent.length > 0;
  const usual = byMost ? frequent : [...(keyed[0]?.columns.keys() ?? [])];
  const others = byMost ? "most files" : "the first file";
  const places = new Map([...names.keys()].map((key, index) => [key, index]));
  const differences: FileDifference[] = [];
  const files = keyed.map(({ file, columns }): DescribedFile => {
    const nameOf = (key: string): string => names.get(key) ?? key;
    const missing = usual.filter((key) => !columns.has(key)).map(nameOf);
    const added = [...columns.keys()].filter((key) => !usual.includes(key)).map(nameOf);
    checkLikeness(file, { own: columns.size, usual: usual.length, missing, added, others });
    const raw = [...columns].map(([key, column]) => ({ key, column, to: nameOf(key) }));
    const cased = raw.filter(({ key, column, to }) => key !== rowNumber && column.from !== to);
    const order = raw.map(({ key }) => places.get(key) ?? 0);
    const isOrdered = order.every((place, index) => index === 0 || place > (order[index - 1] ?? 0));
    const of = { file: file.path };
    if (missing.length > 0) {
      const evidence = `it lacks ${namesInWords(missing)}, unlike ${others}: its rows have no value there`;
      differences.push({ ...of, kind: "columns-missing", columns: some(missing), evidence });
    }
    if (added.length > 0) {
      const evidence = `it has ${namesInWords(added)}, unlike ${others}: rows of other files have no value there`;
      differences.push({ ...of, kind: "columns-added", columns: some(added), evidence });
    }
    if (cased.length > 0) {
      const written = cased.map(({ column, to }) => `${column.from}' for '${to}`);
      const evidence = `names are written in another case, ${namesInWords(written)}: they are taken for the same`;
      differences.push({
        ...of,
        kind: "column-case",
        columns: some(cased.map(({ to }) => to)),
        evidence,
      });
    }
    if (!isOrdered) {
      const evidence = "its columns are in another order: they are told by their names";
      differences.push({ ...of, kind: "column-order", columns: [], evidence });
    }
    const renamed = raw.flatMap(({ column: { from }, to }) => (from === to ? [] : [{ from, to }]));
    const absent = [...names].filter(([key]) => !columns.has(key)).map(([, name]) => name);
    const { renamed: _own, ...place } = file;
    return {
      file: {
        ...place,
        ...(renamed.length === 0 ? {} : { renamed }),
        ...(absent.length === 0 ? {} : { absent }),
      },
      columns: raw.map(({ column: { type }, to }) => ({ name: to, type })),
    };
  });
  checkAbsent(files);
  return {
    files,
    names: [...names.values()],
    differences: [...differences, ...otherwiseWritten(described), ...repeated(described)],
  };
}

/** As many names as a difference has room for. */
function some(names: readonly string[]): string[] {
  return names.slice(0, differenceColumns);
}

/** What a column is called in a file, and its type. */
interface RawColumn {
  readonly from: string;
  readonly type: string;
}

function familyOf({ format }: Pick<Source, "format">): string {
  if (isDelimited({ format })) return "delimited text";
  return format === "parquet" ? "Parquet" : "JSON";
}

function byKey(file: SourceFile, columns: readonly Column[]): ReadonlyMap<string, RawColumn> {
  const keyed = new Map<string, RawColumn>();
  for (const { name, type } of columns) {
    const from = nameInFile(file, name) ?? name;
    const other = keyed.get(from.toLowerCase());
    if (other !== undefined) {
      const why = `its columns '${other.from}' and '${from}' differ in their case alone, and case does not tell columns of several files apart`;
      throw new SourcesDifferError(file.path, why, [other.from, from]);
    }
    keyed.set(from.toLowerCase(), { from, type });
  }
  return keyed;
}

/** The name that a column gets whose own is there before in the same or another case. */
const numberedName = /^(.*)_\d+$/s;

/**
 * Refuses files of which one tells two columns apart by their case alone, `a` and `A`, and another one writes either of
 * them otherwise. They have come as `a` and `A_1`, and those of a file that begins with `A` as `A` and `a_1`: paired by
 * their names without case they would be taken for each other.
 */
function checkTwins(
  files: readonly { readonly file: SourceFile; readonly columns: ReadonlyMap<string, RawColumn> }[],
): void {
  for (const { file, columns } of files) {
    for (const [key, { from: second }] of columns) {
      const written = numberedName.exec(second)?.[1];
      const first = written === undefined ? undefined : columns.get(written.toLowerCase())?.from;
      if (written === undefined || first === undefined || first === written) continue;
      for (const { file: other, columns: others } of files) {
        const alike = [first, second].every((name, at) => {
          const from = others.get(at === 0 ? name.toLowerCase() : key)?.from;
          return from === undefined || from === name;
        });
        if (alike) continue;
        const why = `it does not write '${first}' and '${written}' as '${file.path}' does, where they differ in their case alone, and case does not tell columns of several files apart`;
        throw new SourcesDifferError(other.path, why, [first, written]);
      }
    }
  }
}

/** The name of each column by its key, in order. */
function unitedNames(
  files: readonly ReadonlyMap<string, RawColumn>[],
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const columns of files) {
    for (const [key, { from }] of columns) if (!names.has(key)) names.set(key, from);
  }
  const clash = names.get(rowNumber);
  if (clash !== undefined) {
    let number = 1;
    while (names.has(`${rowNumber}_${number}`)) number += 1;
    names.set(rowNumber, `${clash}_${number}`);
  }
  return names;
}

interface Likeness {
  readonly own: number;
  readonly usual: number;
  readonly missing: readonly string[];
  readonly added: readonly string[];
  /** Whose columns the usual ones are. */
  readonly others: string;
}

function checkLikeness(file: SourceFile, { own, usual, missing, added, others }: Likeness): void {
  const shared = usual - missing.length;
  if (shared > 0 && shared * 2 >= usual && shared * 2 >= own) return;
  const lacks = missing.length === 0 ? "" : `, it lacks ${namesInWords(missing)}`;
  const has = added.length === 0 ? "" : `, it has ${namesInWords(added)} besides`;
  const why = `of its ${own} columns it shares ${shared} with ${others}${lacks}${has}`;
  throw new SourcesDifferError(file.path, why, [...missing, ...added]);
}

function checkAbsent(files: readonly DescribedFile[]): void {
  let lacking = 0;
  for (const { file } of files) {
    lacking += file.absent?.length ?? 0;
    if (lacking <= absentLimit) continue;
    const why = `up to it the files lack ${lacking} columns that others have, more than ${absentLimit} in all`;
    throw new SourcesDifferError(file.path, why);
  }
}

/** Files in another encoding than most. */
function otherwiseWritten(described: readonly DescribedFile[]): readonly FileDifference[] {
  const files = described.map(({ file }) => file).filter(({ format }) => format !== "parquet");
  const groups = [...Map.groupBy(files, encodingName)].sort(([, a], [, b]) => b.length - a.length);
  const [usual] = groups[0] ?? [];
  return groups.slice(1).flatMap(([name, group]) =>
    group.map(({ path }) => ({
      file: path,
      kind: "encoding" as const,
      columns: [],
      evidence: `it is in ${name}, and most files are in ${usual}: it was read as what it is`,
    })),
  );
}

/** Files that hold what an earlier one holds. */
function repeated(described: readonly DescribedFile[]): readonly FileDifference[] {
  const seen = new Map<string, string>();
  return described.flatMap(({ file: { path, sha256 } }): FileDifference[] => {
    const earlier = seen.get(sha256);
    if (earlier === undefined) seen.set(sha256, path);
    if (earlier === undefined) return [];
    const evidence = `it holds the very same bytes as '${earlier}': all of its rows are repeated`;
    return [{ file: path, kind: "repeated", columns: [], evidence }];
  });
}
