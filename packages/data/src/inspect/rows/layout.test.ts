import { expect, test } from "vitest";
import { inspections, lineOf, logNames, logRows } from "../inspect.test-support.ts";
import { type InspectionRuleId, inspectionRules } from "../inspection-rules.ts";

const { inspectText } = inspections();
const without = (Object.keys(inspectionRules) as InspectionRuleId[]).filter(
  (rule) => rule !== "ragged" && rule !== "layout",
);
const relaid = async (write: (line: string) => string) => {
  const lines = [logNames, ...logRows(60)].map((cells) => lineOf(cells));
  const text = lines.map((line, at) => (at > 40 ? write(line) : line)).join("\n");
  return inspectText(text, { rowLimit: 1000, without });
};
const last = Array.from({ length: 20 }, (_, at) => 41 + at);

test("lines that lack a value from one of them on are told, and where they begin and end", async () => {
  expect(await relaid((line) => line.slice(0, line.lastIndexOf(",")))).toMatchObject([
    {
      rule: "ragged",
      severity: "soft",
      rowNumbers: last,
      evidence: "rows 41 to 60 do not have the 8 values of the header",
    },
  ]);
});

test("lines that are divided by another mark from one of them on are read, and told", async () => {
  expect(await relaid((line) => line.replaceAll(",", "|"))).toMatchObject([
    { rule: "layout", severity: "soft", rowNumbers: last },
  ]);
});

test("lines that are divided by a mark that no file is read by are told, with what to do", async () => {
  const text = [logNames, ...logRows(60)].map((cells) => cells.join("~")).join("\n");
  expect(await inspectText(text, { rowLimit: 1000, without })).toMatchObject([
    {
      rule: "layout",
      evidence: expect.stringMatching(/60 of 60 lines hold '~' 7 times: .* write ','/),
    },
  ]);
});

test("a column of addresses is one column", async () => {
  const text = ["a@b", ...Array.from({ length: 20 }, (_, at) => `person${at}`)].join("\n");
  expect(await inspectText(text, { rowLimit: 1000, without })).toEqual([]);
});
