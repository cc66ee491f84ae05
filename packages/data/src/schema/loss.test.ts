import { expect, test } from "vitest";
import { engineInFolder } from "../engine/engine.test-support.ts";
import { literal } from "../engine/sql.ts";
import { type ColumnProfile, emptyColumn } from "../profile/profile-schema.ts";
import type { ColumnSchema } from "./column-schema.ts";
import { lossOf } from "./loss.ts";

const { engine } = await engineInFolder();

const profiled = (storage: string): ColumnProfile => ({
  ...emptyColumn,
  name: "c",
  storage,
  distinct: 9,
  placeholders: [{ token: "N/A", rows: 1 }],
});

test.for([
  ["VARCHAR", "boolean", "1", true, "a number is no boolean, though it reads as one"],
  ["VARCHAR", "boolean", "True", false, "a boolean is"],
  ["VARCHAR", "integer", "0042", true, "leading zeros go"],
  ["VARCHAR", "integer", "42", false, "nothing goes"],
  ["VARCHAR", "decimal", "007.5", true, "leading zeros go"],
  ["VARCHAR", "decimal", "0.5", false, "the zero of a fraction stays"],
  ["VARCHAR", "date", "2020-01-02 10:30:00", true, "the time of day goes"],
  ["VARCHAR", "date", "2020-01-02", false, "there is no time of day"],
  ["VARCHAR", "integer", "word", true, "it can't be read"],
  ["JSON", "text", '{"a":1}', true, "structure goes"],
  ["BIGINT", "boolean", "1", true, "the file says what it is"],
  ["BIGINT", "text", "1", false, "text loses nothing"],
  ["VARCHAR", "integer", "N/A", false, "it is known to stand for nothing"],
  ["VARCHAR", "integer", ".", false, "no word stands for nothing"],
  ["VARCHAR", "integer", "Rome", true, "a word does not, whoever says so"],
] as const)("%s as %s: %s loses something: %s, as %s", async ([storage, type, value, lost]) => {
  const column: ColumnSchema = {
    name: "c",
    type,
    nullable: true,
    placeholders: ["N/A", ".", "Rome"],
    confidence: 1,
    evidence: "",
  };
  const condition = lossOf(column, profiled(storage), literal(value));
  const [row] = await engine.rows(`SELECT coalesce(${condition}, false) AS lost`);
  expect(row).toEqual({ lost });
});
