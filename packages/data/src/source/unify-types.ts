import type { Engine } from "../engine/engine.ts";
import { identifier } from "../engine/sql.ts";
import type { FileDifference } from "./file-difference.ts";
import { scan } from "./scan.ts";
import { isDelimited } from "./source.ts";
import type { DescribedFile, UnitedFiles } from "./unite-columns.ts";

/** Below this doubles hold every integer. */
const largestExact = 2 ** 53;

const integer = /^U?(TINYINT|SMALLINT|INTEGER|BIGINT)$/;
const floating = /^(FLOAT|DOUBLE)$/;
const nested = /^(JSON|STRUCT|MAP|UNION)|\[\d*\]$/;

/** Files whose columns go by the same names and have the same types. */
export interface UnifiedFiles {
  readonly files: readonly DescribedFile[];
  /** All columns, in order. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Of columns whose type is not the same in all files: the one that they are read in. */
  readonly unified: Readonly<Record<string, string>>;
  readonly differences: readonly FileDifference[];
}

/**
 * Finds for each column of several files one type that loses nothing of what any of them holds: a file without a value has no
 * say; integers are read as BIGINT, among others that are no integers as DOUBLE as long as doubles hold them, nested values
 * among others as JSON, all else as text.
 *
 * @throws InterruptedError when `signal` is aborted
 */
export async function unifyTypes(
  engine: Engine,
  { files, names }: UnitedFiles,
  signal?: AbortSignal,
): Promise<UnifiedFiles> {
  const typesOf = (name: string, among: readonly DescribedFile[]): readonly string[] => [
    ...new Set(among.flatMap(({ columns }) => typeIn(columns, name) ?? [])),
  ];
  const mixed = names.filter((name) => typesOf(name, files).length > 1);
  const sized = await Promise.all(
    files.map(async (one) => ({ one, sizes: await sizesOf(engine, one, mixed, signal) })),
  );
  const unified: Record<string, string> = {};
  const differences: FileDifference[] = [];
  const types = new Map(names.map((name) => [name, typesOf(name, files)[0] ?? "VARCHAR"]));
  for (const name of mixed) {
    const having = sized.filter(({ sizes }) => (sizes.get(name)?.count ?? 0) > 0);
    const found = typesOf(
      name,
      having.length === 0 ? files.slice(0, 1) : having.map(({ one }) => one),
    );
    const isExact = having.every(({ sizes }) => (sizes.get(name)?.largest ?? 0) < largestExact);
    const type = commonType(found, isExact);
    types.set(name, type);
    if (found.length === 1) continue;
    unified[name] = type;
    if (having.every(({ one }) => isDelimited(one.file))) continue;
    const usual = mostFrequent(having.flatMap(({ one }) => typeIn(one.columns, name) ?? []));
    for (const { one } of having) {
      const own = typeIn(one.columns, name);
      if (own === usual || own === undefined) continue;
      const evidence = `'${name}' is ${own} there, and ${usual} in most files: in all it is read as ${type === "VARCHAR" ? "text" : type}`;
      differences.push({ file: one.file.path, kind: "type", columns: [name], evidence });
    }
  }
  return {
    files: sized.map(({ one: { file, columns }, sizes }) => {
      const blank = mixed.filter((name) => {
        const own = typeIn(columns, name);
        return own !== undefined && own !== types.get(name) && sizes.get(name)?.count === 0;
      });
      return { file: blank.length === 0 ? file : { ...file, blank }, columns };
    }),
    columns: names.map((name) => ({ name, type: types.get(name) ?? "VARCHAR" })),
    unified,
    differences,
  };
}

function typeIn(columns: DescribedFile["columns"], name: string): string | undefined {
  return columns.find((column) => column.name === name)?.type;
}

function mostFrequent(names: readonly string[]): string | undefined {
  const groups = [...Map.groupBy(names, (name) => name)];
  return groups.sort(([, a], [, b]) => b.length - a.length)[0]?.[0];
}

function commonType(types: readonly string[], isExact: boolean): string {
  const [only] = types;
  if (types.length === 1 && only !== undefined) return only;
  if (types.some((type) => nested.test(type))) return "JSON";
  const isOneOf = (...kinds: readonly RegExp[]): boolean =>
    types.every((type) => kinds.some((kind) => kind.test(type)));
  if (isOneOf(integer) && !types.includes("UBIGINT")) return "BIGINT";
  return isOneOf(integer, floating) && isExact ? "DOUBLE" : "VARCHAR";
}

interface Size {
  /** Values that are there. */
  readonly count: number;
  /** Of integers: the largest, by its amount. */
  readonly largest: number;
}

/** How much there is of columns whose types are not the same in all files. */
async function sizesOf(
  engine: Engine,
  { file, columns }: DescribedFile,
  names: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, Size>> {
  const own = columns.filter(({ name }) => names.includes(name));
  if (own.length === 0) return new Map();
  const counts = own.map(({ name, type }, index) => {
    const largest = integer.test(type) ? `max(abs(${identifier(name)}::DOUBLE))` : "0";
    return `count(${identifier(name)})::DOUBLE AS n${index}, ${largest}::DOUBLE AS m${index}`;
  });
  const [row = {}] = await engine.rows(
    `SELECT ${counts.join(", ")} FROM ${scan(file, false)}`,
    signal,
  );
  return new Map(
    own.map(({ name }, index) => [
      name,
      { count: Number(row[`n${index}`] ?? 0), largest: Number(row[`m${index}`] ?? 0) },
    ]),
  );
}
