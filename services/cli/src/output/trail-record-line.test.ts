import type { StoredStep } from "@troupe/agents";
import { expect, test } from "vitest";
import { plainPaint } from "./paint.ts";
import { trailRecordLine } from "./trail-record-line.ts";

const spent = { calls: 0, tokens: 0, cost: 0 };
const records: readonly StoredStep["record"][] = [
  { type: "began", agent: "buyer", depth: 0, input: {} },
  { type: "reserved", tokens: 10, cost: 0 },
  { type: "decided", thought: "It may\nknow.", action: "ask", input: { item: "nail" }, spent },
  { type: "observed", ok: true, observation: "x".repeat(200), quality: 0.5, durationMs: 61, spent },
  { type: "intervened", why: "1 step(s) repeat", advice: [], banned: [] },
  { type: "resumed" },
  { type: "finished", result: { price: 2 }, spent },
  { type: "stopped", code: "agent-stuck", message: "no way", spent },
];

test("each record of a trail is a line that fits, but for what a call is about to cost", () => {
  const lines = records.flatMap((record, index) =>
    trailRecordLine(
      { task: "a", sequence: index, at: index, record },
      { width: 60, paint: plainPaint },
    ),
  );
  expect(`\n${lines.join("\n")}\n`).toMatchInlineSnapshot(`
    "
    · a  began, by buyer
    → a  ask {"item":"nail"}: It may know.
    ✔ a  quality 0.50, 61 ms: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
    ! a  interrupted: 1 step(s) repeat
    · a  taken up again
    ✔ a  result {"price":2}
    ✖ a  agent-stuck: no way
    "
  `);
});
