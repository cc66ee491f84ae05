import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cleanFile } from "../clean-file.test-support.ts";
import { engineInFolder } from "../engine/engine.test-support.ts";
import { describeSource, judgeColumn, lenses, profileSource, proposeSchema } from "../index.ts";

const { engine, folder } = await engineInFolder();

/** A file of two columns, in whose second every tenth of 600 values is what `spoil` makes. */
function fileOf(name: string, value: (row: number) => string, spoil: (row: number) => string) {
  const path = join(folder, `${name}.csv`);
  const lines = Array.from({ length: 600 }, (_, row) => {
    const isSpoilt = row % 10 === 3;
    return `row ${row},${isSpoilt ? spoil(row) : value(row)}`;
  });
  writeFileSync(path, ["name,amount", ...lines].join("\n"));
  return path;
}
const word = (row: number): string =>
  ["abc", "unclear", "see above", "lost", "many"][row % 5] ?? "";
const measured = (row: number): string => `${(row * 37) % 500}.${10 + (row % 90)}`;
const counted = (row: number): string => String((row * 37) % 500);

test.each([
  ["measures among which words stand", measured, word, "decimal"],
  [
    "measures of which some are cut or misspelt",
    measured,
    (row: number) => `${row}o.${row}`,
    "decimal",
  ],
  ["counts among which words stand", counted, word, "integer"],
  ["counts among which codes stand", counted, (row: number) => `A${row}`, "text"],
  ["grades, one of which is a letter", (row: number) => String(1 + (row % 9)), () => "K", "text"],
  ["words among which numbers stand", word, counted, "text"],
] as const)("a column with a tenth of other values: %s", async (name, value, spoil, type) => {
  const directory = join(folder, name.replaceAll(" ", "-"));
  mkdirSync(directory);
  const file = fileOf(name.replaceAll(" ", "-"), value, spoil);
  const place = { file, readable: [folder], directory, referenceTime: Date.UTC(2026, 0, 1) };
  const { schema, published } = await cleanFile(engine, place);
  expect(schema.at(-1)).toMatchObject({ name: "amount", type });
  const quarantined = type === "text" ? 0 : 60;
  expect(published.rows).toMatchObject({ source: 600, kept: 600 - quarantined, quarantined });
});

test("all who judge say how much is lost, and of what", async () => {
  const path = fileOf("judged", measured, word);
  const profile = await profileSource(engine, await describeSource(path, [folder]));
  const proposed = await Promise.all(
    lenses.map(async (lens) => (await proposeSchema(engine, profile, lens, 7))[1]),
  );
  expect(proposed.map((column) => column?.type)).toEqual(["text", "decimal", "text"]);
  expect(proposed[1]?.evidence).toBe(
    "540 of 600 values read as numbers, the others were probably spoilt",
  );
  const alternatives = proposed.flatMap((column) => column ?? []).slice(0, 2);
  for (const lens of lenses) {
    const { choice, reason } = await judgeColumn(engine, profile, lens, alternatives, 7);
    expect(choice).toBe(1);
    expect(reason).toMatch(
      /as decimal it loses [\d.]+ % of the \d+ values .*, which are none in a column of numbers$/,
    );
  }
});
