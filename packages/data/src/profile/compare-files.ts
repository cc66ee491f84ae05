import {
  type Counted,
  type CountedColumn,
  compareValues,
  kindOf,
} from "../drift/compare-values.ts";
import type { Engine, Row } from "../engine/engine.ts";
import { literal } from "../engine/sql.ts";
import type { FileDifference } from "../source/file-difference.ts";
import { fileIndex, nameAmong } from "../source/file-rows.ts";
import { numberedScan } from "../source/scan.ts";
import { isDelimited, type SourceFile } from "../source/source.ts";
import { resembles } from "./date-formats.ts";
import { textOf } from "./profile-column.ts";
import type { ColumnProfile, Profile } from "./profile-schema.ts";

/** Most values that are looked at, of all files; of more, blocks of rows in even distances are. */
const valueLimit = 2_000_000;
const blockRows = 1000;
/** Most columns that are compared. */
const columnLimit = 60;
/** Most frequent values of a column of a file that are counted. */
const topValues = 12;
/** From this share of different values on, numbers are taken for names of rows, which differ from file to file. */
const namesRows = 0.95;
/** Standard errors within which two files lack shares of a column's values by chance. */
const errorsByChance = 3;

/**
 * Holds what each file of a source holds against the file before it: columns that read as something else, dates that are
 * written otherwise, values that are missing more or less often, and distributions that moved. Dates are in other files
 * because they are others, as are numbers that nearly never repeat, and columns with one value a file: these may move.
 *
 * @throws InterruptedError when `signal` is aborted
 */
export async function compareFiles(
  engine: Engine,
  profile: Profile,
  signal?: AbortSignal,
): Promise<readonly FileDifference[]> {
  const { source } = profile;
  const { files = [], unified = {} } = source;
  const columns = profile.columns
    .filter(({ name }) => isDelimited(source) || !(name in unified))
    .slice(0, columnLimit);
  if (files.filter(({ rows }) => rows > 0).length < 2 || columns.length === 0) return [];
  const step = Math.ceil((profile.rows * columns.length) / valueLimit);
  const texts = columns.map(
    ({ name, storage }, index) =>
      `nullif(trim(${textOf(name, isDelimited(source) ? "VARCHAR" : storage)}), '') AS c${index}`,
  );
  const chosen = step <= 1 ? "true" : `((_row - 1) // ${blockRows}) % ${step} = 0`;
  const counted = await engine.withTable(
    `SELECT ${fileIndex(source)} AS f, ${texts.join(", ")} FROM ${numberedScan(source)} WHERE ${chosen}`,
    async (table) => {
      const all = new Map<number, CountedFile>();
      for (const [index, column] of columns.entries()) {
        for (const [file, one] of await countByFile(engine, table, column, index, signal)) {
          const known = all.get(file) ?? { rows: one.rows, columns: [] };
          all.set(file, { ...known, columns: [...known.columns, one.column] });
        }
      }
      return all;
    },
    signal,
  );
  const seen = files.flatMap((file, index) => {
    const one = counted.get(index);
    return one === undefined ? [] : [{ file, counted: withoutAbsent(one, file) }];
  });
  return seen.flatMap(({ file, counted: now }, index) => {
    const before = seen[index - 1];
    return before === undefined
      ? []
      : differencesOf(before.counted, now, file, nameAmong(before.file.path, files));
  });
}

/** What a column holds in one file, and how many values of it differ. */
interface FileColumn extends CountedColumn {
  readonly distinct: number;
}

interface CountedFile extends Counted {
  readonly columns: readonly FileColumn[];
}

function withoutAbsent({ rows, columns }: CountedFile, { absent = [] }: SourceFile): CountedFile {
  return { rows, columns: columns.filter(({ name }) => !absent.includes(name)) };
}

function differencesOf(
  before: CountedFile,
  now: CountedFile,
  file: SourceFile,
  earlier: string,
): readonly FileDifference[] {
  const of = { file: file.path };
  const than = `'${earlier}'`;
  const values = compareValues(before, now)
    .filter(({ column, kind }) => {
      const pair = [before, now].map(({ columns }) => columns.find(({ name }) => name === column));
      if (kind === "missing") return !lacksByChance(before, now, column);
      return pair.every((one) => one !== undefined && isComparable(one));
    })
    .map(
      ({ column, evidence }): FileDifference => ({
        ...of,
        kind: "values",
        columns: [column],
        evidence: `'${column}' against ${than}: ${evidence}`,
      }),
    );
  const types = now.columns.flatMap((column): FileDifference[] => {
    const known = before.columns.find(({ name }) => name === column.name);
    if (known === undefined) return [];
    const [was, is] = [
      readingOf({ column: known, rows: before.rows }),
      readingOf({ column, rows: now.rows }),
    ];
    if (was === undefined || is === undefined || was === is) return [];
    const evidence = `'${column.name}' reads as ${is}, and in ${than} as ${was}`;
    return [{ ...of, kind: "type", columns: [column.name], evidence }];
  });
  return [...types, ...values];
}

/** What a column's values read as, in words; undefined without any. */
function readingOf(version: { readonly column: FileColumn; readonly rows: number }) {
  const { column, rows } = version;
  if (rows === column.nulls) return undefined;
  const kind = kindOf(version);
  if (kind !== "dates") return kind;
  const [best] = Object.entries(column.dates).sort((a, b) => b[1] - a[1]);
  return `dates (${best?.[0]})`;
}

/** Whether files as short as these lack such shares of a column's values when nothing has changed. */
function lacksByChance(before: CountedFile, now: CountedFile, column: string): boolean {
  const nullsIn = ({ columns }: CountedFile): number =>
    columns.find(({ name }) => name === column)?.nulls ?? 0;
  const [had, has] = [nullsIn(before), nullsIn(now)];
  const share = (had + has) / (before.rows + now.rows);
  const error = Math.sqrt(share * (1 - share) * (1 / before.rows + 1 / now.rows));
  return Math.abs(had / before.rows - has / now.rows) <= errorsByChance * error;
}

/** Whether a column can be expected to hold the like in every file. */
function isComparable(column: FileColumn): boolean {
  const present = column.top.reduce((sum, { rows }) => sum + rows, 0);
  if (column.distinct <= 1 || Object.keys(column.dates).length > 0) return false;
  return (
    column.quantiles === undefined ||
    column.distinct < Math.max(present, column.decimals) * namesRows
  );
}

/** Counts a column in each file: what it reads as, its distribution, and its most frequent values. */
async function countByFile(
  engine: Engine,
  table: string,
  { name, dates }: ColumnProfile,
  index: number,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<number, { readonly rows: number; readonly column: FileColumn }>> {
  const value = `c${index}`;
  const formats = Object.keys(dates);
  const dated = formats.map(
    (format, at) =>
      `, count(*) FILTER (CASE WHEN ${resembles(value, format)} THEN try_strptime(${value}, ${literal(format)}) IS NOT NULL ELSE false END)::DOUBLE AS f${at}`,
  );
  const places = Array.from({ length: 21 }, (_, at) => at / 20);
  const rows = await engine.rows(
    `SELECT f::DOUBLE AS f, count(*)::DOUBLE AS n, (count(*) - count(${value}))::DOUBLE AS nulls, count(DISTINCT ${value})::DOUBLE AS u,
       count(TRY_CAST(${value} AS DOUBLE))::DOUBLE AS d, count(*) FILTER (lower(${value}) IN ('true', 'false'))::DOUBLE AS b,
       quantile_disc(TRY_CAST(${value} AS DOUBLE), [${places.join(", ")}]) AS q${dated.join("")}
     FROM ${table} GROUP BY f ORDER BY f`,
    signal,
  );
  const frequent = await engine.rows(
    `SELECT f::DOUBLE AS f, v, n::DOUBLE AS n FROM (SELECT f, ${value} AS v, count(*) AS n FROM ${table} WHERE ${value} IS NOT NULL GROUP BY ALL)
     QUALIFY row_number() OVER (PARTITION BY f ORDER BY n DESC, v) <= ${topValues} ORDER BY f, n DESC, v`,
    signal,
  );
  return new Map(
    rows.map((row) => {
      const file = Number(row["f"]);
      const top = frequent
        .filter((one) => Number(one["f"]) === file)
        .map((one) => ({ value: String(one["v"]), rows: Number(one["n"]) }));
      return [file, { rows: Number(row["n"]), column: columnOf(name, formats, row, top) }];
    }),
  );
}

function columnOf(
  name: string,
  formats: readonly string[],
  row: Row,
  top: FileColumn["top"],
): FileColumn {
  const of = (key: string): number => Number(row[key] ?? 0);
  const found = Array.isArray(row["q"]) ? row["q"].map(Number).filter(Number.isFinite) : [];
  const isNumeric = of("d") >= (of("n") - of("nulls")) * 0.8 && found.length === 21;
  const counts = formats.map((format, at): [string, number] => [format, of(`f${at}`)]);
  return {
    name,
    nulls: of("nulls"),
    distinct: of("u"),
    decimals: of("d"),
    booleans: of("b"),
    dates: Object.fromEntries(counts.filter(([, count]) => count > 0)),
    ...(isNumeric ? { quantiles: found } : {}),
    top,
  };
}
