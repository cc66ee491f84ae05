import fc from "fast-check";
import { expect, test } from "vitest";
import { engineInFolder } from "./engine.test-support.ts";
import { identifier, literal } from "./sql.ts";

const { engine } = await engineInFolder();

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
