import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { engineInFolder } from "../engine/engine.test-support.ts";
import { describeSource, inspectSource, profileSource } from "../index.ts";
import { nestedFields } from "./nested-fields.ts";

const { engine, sources } = await engineInFolder(true);

test("fields are told from types by the names' quotation marks and the brackets within", () => {
  const type =
    'STRUCT(mag DOUBLE, "a ""b"", c" DECIMAL(18,3), "at" STRUCT(x BIGINT, list DOUBLE[]))';
  expect(nestedFields("p", type)).toEqual([
    { name: "p.mag", type: "DOUBLE", value: '"p"."mag"' },
    { name: 'p.a "b", c', type: "DECIMAL(18,3)", value: '"p"."a ""b"", c"' },
    { name: "p.at.x", type: "BIGINT", value: '"p"."at"."x"' },
  ]);
});

/** What stands out in 80 records with objects within. */
async function found(change: (inner: Record<string, unknown>) => void) {
  const records = Array.from({ length: 80 }, (_, at) => {
    const inner = { size: 20 + ((at * 7) % 13), day: `2020-01-${10 + (at % 20)}`, code: "ab" };
    if (at === 29) change(inner);
    return { id: at, properties: inner };
  });
  const path = join(sources, "nested.json");
  writeFileSync(path, JSON.stringify(records));
  const profile = await profileSource(engine, await describeSource(path, [sources]));
  const faults = await inspectSource(engine, profile);
  return faults
    .filter(({ severity }) => severity !== "note")
    .map(({ rule, columns, rowNumbers }) => [rule, columns, rowNumbers]);
}

test("fields within objects are inspected as columns are", async () => {
  expect(await found(() => {})).toEqual([]);
  const far = await found((inner) => {
    inner["size"] = 90_000;
  });
  expect(far).toContainEqual(["outlier", ["properties.size"], [30]]);
  const missing = await found((inner) => {
    delete inner["day"];
  });
  expect(missing).toEqual([["missing-value", ["properties.day"], [30]]]);
  const typed = await found((inner) => {
    inner["size"] = "25";
  });
  expect(typed).toContainEqual(["value-type", ["properties.size"], [30]]);
});
