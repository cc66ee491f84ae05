import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  describeSource,
  type Engine,
  inspectPart,
  inspectSource,
  joinFaults,
  openEngine,
  profileSource,
} from "../index.ts";
import { detectors, divideDetectors } from "./detectors.ts";
import { lineOf, logNames, logRows } from "./inspect.test-support.ts";

let directory: string;
let engine: Engine;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "troupe-divide-"));
  engine = await openEngine({ readable: [], workspace: directory });
});
afterAll(async () => {
  await engine.close();
  rmSync(directory, { recursive: true, force: true });
});

test("an inspection in parts finds what one finds that is done at once, and tells it in the same order", async () => {
  const rows = logRows();
  for (const [row, column, value] of [
    [7, 4, "unknown"],
    [60, 0, "2020-02-31"],
    [90, 7, "light r\uFFFDin 3"],
    [120, 4, "90000"],
    [200, 1, "ZZZZ"],
    [210, 2, "Ashfrod"],
  ] as const) {
    (rows[row - 1] ?? [])[column] = value;
  }
  const path = join(directory, "log.csv");
  writeFileSync(path, [logNames, ...rows].map(lineOf).join("\n"));
  const profile = await profileSource(engine, await describeSource(path, [directory]));
  const whole = await inspectSource(engine, profile);
  expect(whole.length).toBeGreaterThan(3);
  const parts = [];
  for (const part of [2, 0, 1]) {
    parts.push(...(await inspectPart(engine, profile, { part, of: 3 })));
  }
  expect(joinFaults(parts)).toEqual(whole);
});

test("every detector is in one part, and the parts take about the same time", () => {
  for (const count of [1, 2, 3, 4]) {
    const parts = divideDetectors(count);
    expect(
      parts
        .flat()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(detectors.map(({ name }) => name).sort());
    const weights = parts.map((part) => part.reduce((sum, { weight }) => sum + weight, 0));
    expect(Math.max(...weights)).toBeLessThan(1.25 * Math.min(...weights));
  }
});

test.each([
  ["a small table is looked at by several detectors side by side", 2000, 2],
  ["a large one by one after the other: what each holds of memory adds up", 60_000, 1],
])("%s", async (_, rows, most) => {
  const path = join(directory, `${rows}.csv`);
  const lines = Array.from({ length: rows }, (_, at) => `${at},${(at * 7919) % 10_007},a,b,c`);
  writeFileSync(path, ["n,m,x,y,z", ...lines].join("\n"));
  const profile = await profileSource(engine, await describeSource(path, [directory]));
  let open = 0;
  let seen = 0;
  const watched: Engine = Object.create(engine, {
    rows: {
      value: async (sql: string, signal?: AbortSignal) => {
        open += 1;
        seen = Math.max(seen, open);
        return engine.rows(sql, signal).finally(() => {
          open -= 1;
        });
      },
    },
    withTable: { value: engine.withTable.bind(engine) },
  });
  await inspectSource(watched, profile);
  if (most === 1) expect(seen).toBe(1);
  else expect(seen).toBeGreaterThanOrEqual(most);
});
