import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { engineInFolder } from "../engine/engine.test-support.ts";
import { DataError, describeSource, profileSource } from "../index.ts";

const { engine, sources, work } = await engineInFolder(true);

async function profile(name: string, content?: string | Buffer) {
  const path = join(sources, name);
  if (content !== undefined) writeFileSync(path, content);
  return profileSource(engine, await describeSource(path, [sources]));
}

/** The error's code and message; anything but an error of this package is thrown on. */
async function refusal(name: string, content?: string | Buffer) {
  try {
    const { rows, columns } = await profile(name, content);
    return { code: `read: ${rows} rows of ${columns.map((column) => column.name)}`, message: "" };
  } catch (error) {
    if (error instanceof DataError) return { code: error.code, message: error.message };
    throw error;
  }
}

/** What the file holds, and what its error must say beside its path. */
const bad: Readonly<Record<string, readonly [string | Buffer, string, RegExp]>> = {
  "empty.csv": ["", "source-empty", /is empty: there are no rows/],
  "blank.json": [" \n\t\n", "source-empty", /no rows/],
  "header.csv": ["a,b\n", "source-empty", /has columns and nothing below them: there are no rows/],
  "no-objects.json": ["[]", "source-empty", /no rows/],
  "numbers.json": ["[1, 2]", "source-format", /array of something other than objects/],
  "mixed.json": ['[{"a":1}, 7, "x"]', "source-format", /JSON/],
  "single.json": ['{"a": {"b": 1}\n}', "source-format", /single JSON object/],
  "wrapped.json": [
    '{"meta": {"n": 1},\n "rows": [{"a": 1}, {"a": 2}]}',
    "source-format",
    /array of objects in its field 'rows': .*'\.\["rows"\]'/,
  ],
  "wrapped-in-a-line.json": ['{"rows": [{"a": 1}]}', "source-format", /in its field 'rows'/],
  "truncated.json": ['[{"a":1},{"a":', "source-format", /1 of 2 records.* truncated/],
  "truncated-in-text.json": ['[{"a":1},{"a":"x', "source-format", /the file is truncated/],
  "trailing.json": ['[{"a":1}] x', "source-format", /JSON/],
  "named-like-unnamed.json": ['[{"":1,"c0":2}]', "source-format", /duplicate column name "c0"/],
  "nul-name.json": ['[{"x\\u0000y":1}]', "source-format", /NUL.*rename/],
  "broken.ndjson": ['{"a":1}\n{"a":\n', "source-format", /single JSON object|JSON/],
  "ragged.csv": ["a,b,c\n1,2\n1,2,3,4\n5,6,7\n", "source-format", /line 2/],
  "ragged-quoted.csv": ['a,b\n"x",1\n"y",2,3\n"z",4\n', "source-format", /CSV|line 3/],
  "utf32.csv": [
    Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0, 0x0a, 0, 0, 0]),
    "source-format",
    /binary/,
  ],
  "utf16-header.csv": [Buffer.from("\ufeffa,b\n", "utf16le"), "source-empty", /no rows/],
  "junk.json": [Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]), "source-format", /binary/],
  "junk-without-nul.json": [
    Buffer.from(Array.from({ length: 600 }, (_, index) => (index % 254) + 1)),
    "source-format",
    /'\.json'|JSON/,
  ],
  "fake.parquet": ["PAR1 but nothing of it is true PAR1", "source-format", /parquet/i],
  "cut.parquet": ["PAR1", "source-format", /truncated Parquet/],
  "cut-late.parquet": [`PAR1${"x".repeat(500)}`, "source-format", /truncated Parquet/],
  "page.html": ["<html></html>", "source-format", /'\.html'/],
  "deep.json": [`[{"a":${"[".repeat(100_000)}`, "source-format", /JSON|depth|deep/],
};

test.for(Object.keys(bad))(
  "%s is refused by an error that names it and what is wrong",
  async (name) => {
    const [content, code, why] = bad[name] ?? ["", "", /^$/];
    const refused = await refusal(name, content);
    expect(refused.code).toBe(code);
    expect(refused.message).toContain(join(sources, name));
    expect(refused.message).toMatch(why);
    // Our own queries are no news to who has the file.
    expect(refused.message).not.toContain("DESCRIBE");
    // Whatever file was tried before, the engine works on.
    expect(await profile("good.csv", "a,b\n1,2\n")).toMatchObject({ rows: 1 });
  },
);

test("a file that is not there is said to be missing, with where to look", async () => {
  expect(await refusal("nowhere.csv")).toMatchObject({
    code: "source-not-found",
    message: expect.stringContaining("check the path"),
  });
});

test("a file outside what may be read is refused alike whether it exists or not", async () => {
  for (const path of [work, "/etc/passwd", "/etc/nothing", `${sources}-x/a.csv`]) {
    await expect(describeSource(path, [sources])).rejects.toMatchObject({
      code: "source-forbidden",
      message: expect.stringContaining("TROUPE_SOURCES"),
    });
  }
  await expect(describeSource(`${sources}/../nothing.csv`, [sources])).rejects.toMatchObject({
    code: "source-forbidden",
  });
});

test("a directory is no file, and the pattern for its files is named", async () => {
  mkdirSync(join(sources, "folder.csv"));
  expect(await refusal("folder.csv")).toMatchObject({
    code: "source-unreadable",
    message: expect.stringMatching(/it is a directory: .*folder\.csv\/\*\.csv'/),
  });
});

test.skipIf(process.getuid?.() === 0)(
  "a file without permission to read it is said to be so (root may read everything)",
  async () => {
    writeFileSync(join(sources, "secret.csv"), "a\n1\n");
    chmodSync(join(sources, "secret.csv"), 0o000);
    expect(await refusal("secret.csv")).toMatchObject({
      code: "source-unreadable",
      message: expect.stringContaining("permission denied"),
    });
  },
);

test("odd but sound files are read as what they are", async () => {
  const read = async (name: string, content: string) => (await refusal(name, content)).code;
  expect(await read("bom.csv", "\ufeffa,b\r\n1,2\r\n")).toBe("read: 1 rows of a,b");
  expect(await read("semicolons.csv", "a;b\n1,5;2\n")).toBe("read: 1 rows of a,b");
  expect(await read("hashes.csv", "a,b\n# 1,2\n3,4\n#REF!,6\n")).toBe("read: 3 rows of a,b");
  expect(await read("one.csv", '"a,b"\n1\n2\n')).toBe("read: 2 rows of a,b");
  expect(await read("lines.ndjson", '{"a":1}\n{"a":"x","b":2}\n')).toBe("read: 2 rows of a,b");
  expect(await read("reserved.csv", "_row,_row_1\n1,2\n")).toBe("read: 1 rows of _row_2,_row_1");
  mkdirSync(join(sources, "year=2024"));
  expect(await read("year=2024/part.csv", "a\n1\n")).toBe("read: 1 rows of a");
});
