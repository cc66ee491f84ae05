import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  DataError,
  describeSources,
  type Engine,
  openEngine,
  type Profile,
  profileSource,
  scan,
} from "../index.ts";
import { type DescribedFile, uniteColumns } from "./unite-columns.ts";

let engine: Engine;
let directory: string;
let folder: string;
let made = 0;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "troupe-several-"));
  folder = join(directory, "sources");
  mkdirSync(folder);
  engine = await openEngine({ readable: [folder], workspace: join(directory, "work") });
});
afterAll(async () => {
  await engine.close();
  rmSync(directory, { recursive: true, force: true });
});

/** A folder of files, and the path of one of it or a pattern for some. */
function put(files: Readonly<Record<string, string | Buffer>>) {
  made += 1;
  const own = join(folder, String(made));
  mkdirSync(own);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(own, name), content);
  return (name: string): string => join(own, name);
}

async function profileOf(asked: string | readonly string[]): Promise<Profile> {
  made += 1;
  const copies = join(engine.workspace, String(made));
  const source = await describeSources(asked, [folder]);
  return profileSource(engine, source, undefined, undefined, copies);
}

/** Code and message of the error of this package that a source ends in. */
async function refusal(asked: string | readonly string[]) {
  try {
    await profileOf(asked);
  } catch (error) {
    if (error instanceof DataError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error("nothing was refused");
}

const rowsOf = (profile: Profile) => engine.rows(`SELECT * FROM ${scan(profile.source, true)}`);
const differencesOf = ({ differences = [] }: Profile) =>
  differences.map(({ file, kind, columns }) => [basename(file), kind, ...columns].join(" "));

test("files that a pattern matches are one table, in the order of their names", async () => {
  const at = put({
    "o-2.csv": "a,b\n3,x\n",
    "o-1.csv": "a,b\n1,x\n2,y\n",
    "p-0.csv": "a,b\n9,z\n",
  });
  const profile = await profileOf(at("o-*.csv"));
  expect(profile).toMatchObject({
    rows: 3,
    source: { path: at("o-*.csv"), format: "csv", bytes: 20 },
  });
  expect(profile.source.files?.map(({ path, rows }) => [basename(path), rows])).toEqual([
    ["o-1.csv", 2],
    ["o-2.csv", 1],
  ]);
  expect((await rowsOf(profile)).map(({ a }) => a)).toEqual(["1", "2", "3"]);
  expect(profile.columns[0]).toMatchObject({ storage: "BIGINT", min: "1", max: "3" });
  expect(differencesOf(profile)).toEqual([]);
});

test("names are in the order of their code points, also beyond the first plane", async () => {
  const names = ["a\uFF01.csv", "a\u{1F600}.csv"];
  const at = put(Object.fromEntries(names.map((name) => [name, "a,b\n1,x\n"])));
  const { files = [] } = await describeSources(at("a*.csv"), [folder]);
  expect(files.map(({ path }) => basename(path))).toEqual(names);
});

test("files of a list are one table, in its order", async () => {
  const at = put({ "b.csv": "a,b\n1,x\n", "a.csv": "a,b\n2,y\n" });
  const profile = await profileOf([at("b.csv"), at("a.csv")]);
  expect((await rowsOf(profile)).map(({ a }) => a)).toEqual(["1", "2"]);
  expect(profile.source.path).toBe(`${at("b.csv")} and 1 more`);
});

test("a list may hold patterns, and a file that is named twice is taken once", async () => {
  const at = put({ "b-1.csv": "a,b\n1,x\n", "b-2.csv": "a,b\n2,y\n", "a.csv": "a,b\n3,z\n" });
  const profile = await profileOf([at("b-2.csv"), at("b-*.csv"), at("a.csv")]);
  expect((await rowsOf(profile)).map(({ a }) => a)).toEqual(["2", "1", "3"]);
});

test("a name that looks like a pattern is that of the file that has it", async () => {
  const at = put({ "o[1].csv": "a,b\n1,x\n", "o1.csv": "a,b\n2,y\n" });
  expect((await profileOf(at("o[1].csv"))).source.files).toBeUndefined();
});

test("columns are told by their names: what a file lacks is empty, and every difference is told", async () => {
  const at = put({
    "1.csv": "id,name,price\n1,a,10\n",
    "2.csv": "id,name,price,note\n2,b,20,new\n",
    "3.csv": "name,id,price\nc,3,30\n",
    "4.csv": "ID,Name,price\n4,d,40\n",
    "5.csv": "id,name\n5,e\n",
  });
  const profile = await profileOf(at("*.csv"));
  expect(await rowsOf(profile)).toEqual([
    { id: "1", name: "a", price: "10", note: null },
    { id: "2", name: "b", price: "20", note: "new" },
    { id: "3", name: "c", price: "30", note: null },
    { id: "4", name: "d", price: "40", note: null },
    { id: "5", name: "e", price: null, note: null },
  ]);
  expect(differencesOf(profile)).toEqual([
    "2.csv columns-added note",
    "3.csv column-order",
    "4.csv column-case id name",
    "5.csv columns-missing price",
  ]);
});

test.each([
  ["another order of the two", "csv", "a,A,b\n1,x,0\n", "A,a,b\ny,2,0\n"],
  ["one of them alone", "csv", "a,A,b\n1,x,0\n", "A,b\ny,0\n"],
  ["objects", "ndjson", '{"a":1,"A":"x","b":0}\n', '{"A":"y","a":2,"b":0}\n'],
])(
  "columns that differ in case alone are not taken for each other: %s",
  async (_, kind, one, two) => {
    const at = put({ [`1.${kind}`]: one, [`2.${kind}`]: two });
    await expect(profileOf(at(`*.${kind}`))).rejects.toThrow(
      /2[.](csv|ndjson)' is not of the same kind .* 'a' and 'A' as '.*1[.](csv|ndjson)' does, where they differ in their case alone/,
    );
  },
);

test("columns that differ in case alone are told apart where all files write them alike", async () => {
  const at = put({ "1.csv": "a,A\n1,x\n", "2.csv": "a,A\n2,y\n", "3.csv": "a\n3\n" });
  expect(await rowsOf(await profileOf(at("*.csv")))).toEqual([
    { a: "1", A_1: "x" },
    { a: "2", A_1: "y" },
    { a: "3", A_1: null },
  ]);
});

test("however much files lack, what is told of them stays small", async () => {
  const columns = Array.from({ length: 300 }, (_, at) => `reading number ${at} of the day`);
  const file = (names: readonly string[]): string =>
    `${names.join(",")}\n${names.map((_, at) => at).join(",")}\n`;
  const some = columns.slice(0, 50);
  const at = put({ "1.csv": file(some), "2.csv": file(some.slice(0, 25)), "3.csv": file(some) });
  const [missing] = (await profileOf(at("*.csv"))).differences ?? [];
  expect(missing?.columns).toEqual(some.slice(25, 45));
  expect(missing?.evidence).toContain("and 15 more");
  const half = columns.slice(0, 150);
  const described = (names: readonly string[], path: string): DescribedFile => ({
    file: { path, format: "csv", bytes: 1, sha256: path, rows: 0 },
    columns: names.map((name) => ({ name, type: "BIGINT" })),
  });
  const many = Array.from({ length: 54 }, (_, n) => described(half, `half-${n}`));
  const whole = described(columns, "whole");
  expect(uniteColumns([whole, ...many.slice(1)]).files).toHaveLength(54);
  expect(() => uniteColumns([whole, ...many])).toThrow(
    /'half-53'.*lack 8100 columns that others have, more than 8000/,
  );
});

test("a column named like the number of a row has another name in all files", async () => {
  const at = put({ "1.csv": "_row,b\n7,x\n", "2.csv": "b,_row\ny,8\n" });
  const rows = await rowsOf(await profileOf(at("*.csv")));
  expect(rows).toEqual([
    { _row_1: "7", b: "x" },
    { _row_1: "8", b: "y" },
  ]);
});

test("values of other types are read as what loses nothing", async () => {
  const at = put({
    "1.ndjson": '{"n":1,"big":9007199254740993,"t":"x","o":{"k":1},"e":"e"}\n',
    "2.ndjson": '{"n":1.5,"big":0.5,"t":7,"o":"plain","e":null}\n',
  });
  const profile = await profileOf(at("*.ndjson"));
  expect(profile.columns.map(({ name, storage }) => `${name} ${storage}`)).toEqual([
    "n DOUBLE",
    "big VARCHAR",
    "t VARCHAR",
    "o JSON",
    "e VARCHAR",
  ]);
  expect(await rowsOf(profile)).toEqual([
    { n: 1, big: "9007199254740993", t: "x", o: '{"k":1}', e: "e" },
    { n: 1.5, big: "0.5", t: "7", o: '"plain"', e: null },
  ]);
  expect(differencesOf(profile).filter((one) => one.includes("type"))).toEqual([
    "2.ndjson type n",
    "2.ndjson type big",
    "2.ndjson type t",
    "2.ndjson type o",
  ]);
});

test("what a file has no value of has the type that it has in the others", async () => {
  const at = put({ "1.ndjson": '{"a":1,"e":null}\n', "2.ndjson": '{"a":2,"e":5}\n' });
  const profile = await profileOf(at("*.ndjson"));
  expect(profile.columns.map(({ storage }) => storage)).toEqual(["BIGINT", "BIGINT"]);
  const types = await engine.rows(`SELECT typeof(e) AS t FROM ${scan(profile.source, true)}`);
  expect(types.map(({ t }) => t)).toEqual(["BIGINT", "BIGINT"]);
});

test("a type that Parquet does not keep is read as text", async () => {
  const at = put({
    "1.ndjson": '{"n":170141183460469231731687303715884105727}\n',
    "2.ndjson": '{"n":170141183460469231731687303715884105726}\n',
  });
  const [first] = await rowsOf(await profileOf(at("*.ndjson")));
  expect(String(first?.["n"])).toMatch(/^1701411834604692317|^1\.7014118/);
});

test("files in other encodings are read as what they are, and told", async () => {
  const at = put({
    "1.csv": "name,n\nJosé,1\n",
    "2.csv": Buffer.from("name,n\nZo\xeb,2\n", "latin1"),
    "3.csv": Buffer.from("\uFEFFname,n\nAnaïs,3\n", "utf16le"),
    "4.csv": "name,n\nZoé,4\n",
  });
  const profile = await profileOf(at("*.csv"));
  expect((await rowsOf(profile)).map(({ name }) => name)).toEqual(["José", "Zoë", "Anaïs", "Zoé"]);
  expect(differencesOf(profile)).toEqual(["2.csv encoding", "3.csv encoding"]);
});

test("a file without rows and one that is there twice are told", async () => {
  const at = put({ "1.csv": "a,b\n1,x\n", "2.csv": "a,b\n" });
  symlinkSync(at("1.csv"), at("3.csv"));
  expect(differencesOf(await profileOf(at("*.csv")))).toEqual(["1.csv repeated", "2.csv empty"]);
});

test("what is not what it was in the file before is told, and names and dates of rows are not", async () => {
  const lines = (from: number, amount: (at: number) => string, day: (at: number) => string) =>
    Array.from({ length: 100 }, (_, at) => `${from + at},${amount(at)},${day(at)},${at % 7}`);
  const iso = (month: number) => (at: number) =>
    `2024-0${month}-${String((at % 28) + 1).padStart(2, "0")}`;
  const file = (rows: readonly string[]) => `id,amount,day,k\n${rows.join("\n")}\n`;
  const at = put({
    "1.csv": file(lines(1, (n) => String(n % 10), iso(1))),
    "2.csv": file(lines(101, (n) => String(n % 10), iso(2))),
    "3.csv": file(lines(201, (n) => String((n % 10) * 100), iso(3))),
    "4.csv": file(
      lines(
        301,
        (n) => `EUR ${n % 10}`,
        (n) => `${(n % 28) + 1}/4/2024`,
      ),
    ),
    "5.csv": file(
      lines(
        401,
        (n) => (n % 20 < 10 ? "" : `EUR ${n % 10}`),
        (n) => `${(n % 28) + 1}/5/2024`,
      ),
    ),
  });
  expect(differencesOf(await profileOf(at("*.csv")))).toEqual([
    "3.csv values amount",
    "4.csv type amount",
    "4.csv type day",
    "5.csv values amount",
  ]);
});

test("in short files a few values are missing by chance, and all of them are not", async () => {
  const file = (count: number, empty: (at: number) => boolean): string =>
    `id,note\n${Array.from({ length: count }, (_, at) => `${at},${empty(at) ? "" : "x"}`).join("\n")}\n`;
  const at = put({
    "1.csv": file(5, () => false),
    "2.csv": file(5, (row) => row < 2),
    "3.csv": file(12, () => false),
    "4.csv": file(12, (row) => row > 0),
  });
  expect(differencesOf(await profileOf(at("*.csv")))).toEqual(["4.csv values note"]);
});

test("files that can't be one dataset are refused by name", async () => {
  const at = put({
    "1.csv": "id,name,price\n1,a,10\n",
    "2.csv": "day,place,rain,wind\n1,b,2,3\n",
    "3.csv": "id,name,price\n2,a,10\n",
    "4.csv": "a\n1\n",
    "a.json": '[{"id":1,"name":"x","price":2}]',
    "b.json": '[{"Ä":1,"ä":2,"c":3}]',
    "c.json": '[{"ä":2,"c":3}]',
  });
  const unlike = await refusal([at("1.csv"), at("2.csv"), at("3.csv")]);
  expect(unlike.code).toBe("sources-differ");
  expect(unlike.message).toContain(`'${at("2.csv")}'`);
  expect(unlike.message).toMatch(/shares 0 .*lacks 'id', 'name', 'price'.*'day', 'place'/);
  const other = await refusal([at("1.csv"), at("a.json")]);
  expect(other.message).toContain(`'${at("a.json")}' is not of the same kind`);
  expect((await refusal([at("b.json"), at("c.json")])).message).toMatch(/'Ä' and 'ä'.*case/);
});

test("a file that can't be read is named, whatever the others are", async () => {
  const at = put({
    "1.ndjson": '{"a":1}\n',
    "2.ndjson": '{"a":2}\n{"a":',
    "3.csv": "",
    "4.csv": "a,b\n1,2\n",
  });
  expect((await refusal(at("*.ndjson"))).message).toContain(`'${at("2.ndjson")}'`);
  expect(await refusal(at("*.csv"))).toEqual(
    expect.objectContaining({
      code: "source-empty",
      message: expect.stringContaining(at("3.csv")),
    }),
  );
  expect((await refusal([at("4.csv"), at("5.csv")])).message).toContain(at("5.csv"));
});

test("a pattern that nothing matches names itself and the folder, one for folders is refused", async () => {
  const at = put({ "1.csv": "a,b\n1,2\n" });
  const none = await refusal(at("x-*.csv"));
  expect(none.code).toBe("sources-not-found");
  expect(none.message).toContain(`no file in '${at("")}' matches 'x-*.csv', of 1 there`);
  expect((await refusal(join(folder, "*", "1.csv"))).message).toMatch(/only the name of a file/);
  expect((await refusal(at("none/*.csv"))).code).toBe("source-not-found");
});

test("nothing outside the directories that goals may read is listed or matched", async () => {
  const at = put({ "1.csv": "a,b\n1,2\n" });
  writeFileSync(join(directory, "secret.csv"), "a,b\n8,9\n");
  expect((await refusal(join(directory, "*.csv"))).code).toBe("source-forbidden");
  expect((await refusal(join(directory, "nowhere", "*.csv"))).code).toBe("source-forbidden");
  symlinkSync(join(directory, "secret.csv"), at("2.csv"));
  expect(await refusal(at("*.csv"))).toMatchObject({
    code: "source-forbidden",
    message: expect.stringContaining(at("2.csv")),
  });
});

test("more files than a source may have are refused before any is read", async () => {
  const names = Array.from({ length: 257 }, (_, at) => join(folder, `missing-${at}.csv`));
  expect(await refusal(names)).toMatchObject({ code: "sources-too-many" });
});
