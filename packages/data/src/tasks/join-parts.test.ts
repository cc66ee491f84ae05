import { expect, test } from "vitest";
import { joinParts } from "./join-parts.ts";
import type { Reason, Version } from "./outcome.ts";

const place = { output: "all", quarantine: "all.quarantine" };
const aside = (column: string, rows: number): Reason => ({
  reason: "not a decimal",
  column,
  rows,
  action: "quarantined",
});
const repaired = (column: string, rows: number): Reason => ({
  reason: "became null",
  column,
  rows,
  action: "repaired",
});
const part = (rows: number, reasons: readonly Reason[], quarantine?: string): Version => ({
  output: "part",
  ...(quarantine === undefined ? {} : { quarantine }),
  rows,
  quarantined: reasons.reduce((sum, one) => (one.action === "repaired" ? sum : sum + one.rows), 0),
  duplicates: 0,
  reasons: [...reasons],
});

test("counts of parts are added, and their reasons stand in the order of a version made at once", () => {
  const parts = [
    part(10, [aside("b", 3), aside("a", 2), repaired("z", 1)], "q1"),
    part(20, [repaired("y", 4)]),
    part(30, [aside("c", 5), aside("a", 1), repaired("z", 2)], "q3"),
  ];
  expect(joinParts(place, parts, ["a", "b", "c", "y", "z"])).toEqual({
    output: "all",
    quarantine: "all.quarantine",
    rows: 60,
    quarantined: 11,
    duplicates: 0,
    reasons: [aside("c", 5), aside("a", 3), aside("b", 3), repaired("y", 4), repaired("z", 3)],
  });
});

test("without rows set aside in any part there is no quarantine", () => {
  expect(joinParts(place, [part(1, []), part(2, [])], ["a"])).toEqual({
    output: "all",
    rows: 3,
    quarantined: 0,
    duplicates: 0,
    reasons: [],
  });
});
