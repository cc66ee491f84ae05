import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Engine, openEngine } from "./engine.ts";
import { identifier, literal } from "./sql.ts";

let engine: Engine;
let workspace: string;
beforeAll(async () => {
  workspace = mkdtempSync(join(tmpdir(), "troupe-sql-"));
  engine = await openEngine({ readable: [], workspace });
});
afterAll(async () => {
  await engine.close();
  rmSync(workspace, { recursive: true, force: true });
});

test("any text comes back from a literal as it went in, and any name from an identifier", async () => {
  const texts = fc.string({ unit: "grapheme" }).filter((text) => !/\p{Surrogate}/u.test(text));
  await fc.assert(
    fc.asyncProperty(texts, texts, async (text, name) => {
      const column = name.replaceAll("\0", "") || "x";
      const rows = await engine.rows(`SELECT ${literal(text)} AS ${identifier(column)}`);
      expect(Object.entries(rows[0] ?? {})).toEqual([[column, text]]);
    }),
    { examples: [["a\0'b", "__proto__"]] },
  );
  expect(() => identifier("a\0b")).toThrow("NUL");
});
