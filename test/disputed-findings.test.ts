import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "@troupe/actor";
import {
  cleanKind,
  cleanResultSchema,
  dissentOf,
  type GoalRecord,
  replayGoal,
} from "@troupe/goals";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Deployment } from "./deployment/deployment.ts";

const dayMs = 86_400_000;

/** Days of the last three years in four thousand rows, and at the end of the file five that have not come. */
function writeVisits(folder: string): string {
  const lines = Array.from({ length: 4000 }, (_, i) => {
    const days = i < 3995 ? -1 - (i % 1095) : 10 + (i % 5);
    const day = new Date(systemClock.now() + days * dayMs).toISOString().slice(0, 10);
    return `${i + 1},${day}`;
  });
  const file = join(folder, "visits.csv");
  writeFileSync(file, `${["visit,day", ...lines].join("\n")}\n`);
  return file;
}

let deployment: Deployment;
beforeEach(async () => {
  deployment = await Deployment.start({ nodes: 0 });
}, 60_000);
afterEach(() => deployment.stop());

async function clean(liars: string) {
  const nodes = ["n1", "n2", "n3"];
  await Promise.all(
    nodes.map((name, index) =>
      deployment.startNode(name, { TROUPE_LIARS: liars.split("|")[index] ?? "" }),
    ),
  );
  const source = writeVisits(deployment.inbox);
  await deployment.client.submit({ id: "visits", kind: "clean", source });
  const events = await deployment.follow("visits");
  const records = events.map(({ record }) => record);
  const of = <Type extends GoalRecord["type"]>(type: Type) =>
    records.find((record): record is Extract<GoalRecord, { type: Type }> => record.type === type);
  const finished = of("finished");
  if (finished === undefined) throw new Error(JSON.stringify(records.at(-1)));
  const result = cleanResultSchema.parse(finished.result);
  const replay = await replayGoal("visits", events, cleanKind);
  return {
    types: records.map(({ type }) => type),
    conferred: of("conferred"),
    result,
    report: readFileSync(result.files.report, "utf8"),
    view: await deployment.client.show("visits"),
    different: replay.steps.filter(({ verdict }) => verdict === "different"),
  };
}

const rule = "plausible-time:day";

test.for(["", "|analyst-values"])(
  "analysts that saw nothing wrong and others vote before rows are set aside, with liars '%s'",
  { timeout: 120_000 },
  async (liars) => {
    const { types, conferred, result, report, view, different } = await clean(liars);
    expect(types.indexOf("conferred")).toBeGreaterThan(types.indexOf("task-failed"));
    expect(types.indexOf("conferred")).toBeLessThan(types.indexOf("replanned"));
    expect(conferred?.agreement).toEqual({ [rule]: "set-aside" });
    const [vote] = conferred?.votes ?? [];
    const honest = liars === "" ? 9 : 8;
    expect(vote).toMatchObject({ question: rule, decided: "set-aside" });
    // A vote that is decided waits half a second for stragglers: on a busy machine one may come too late.
    const counted = vote?.counts["set-aside"] ?? 0;
    expect(counted).toBeGreaterThan((2 * 9) / 3);
    expect(counted).toBeLessThanOrEqual(honest);
    expect(vote?.counts["keep"] ?? 0).toBeLessThanOrEqual(9 - honest);
    expect(conferred?.confidence).toBeCloseTo(counted / 9);
    // Who looked at the first thousand rows only saw nothing.
    expect(vote?.proposed?.["keep"]).toEqual(
      expect.arrayContaining(["n1/analyst-storage", "n2/analyst-storage", "n3/analyst-storage"]),
    );
    expect(result.rows).toMatchObject({ source: 4000, kept: 3995, quarantined: 5 });
    expect(view.votes.map(({ question }) => question)).toContain(rule);
    const dissent = dissentOf(view.proposals, view.votes);
    expect(dissent.map(({ member }) => member)).toContain("n1/analyst-storage");
    expect(report).toContain(`| ${rule} | set-aside |`);
    if (liars !== "") expect(dissent[0]).toMatchObject({ member: "n2/analyst-values" });
    expect(different).toEqual([]);
  },
);

test("three liars of nine cannot have rows set aside or changed: nothing is decided, all is kept and reported", {
  timeout: 120_000,
}, async () => {
  const { conferred, result, different } = await clean(
    "analyst-values|analyst-values|analyst-values",
  );
  // Their lies about the schema make text of all columns, which no rule about times holds for.
  expect(conferred).toBeUndefined();
  expect(result.rows).toMatchObject({ source: 4000, kept: 4000, quarantined: 0 });
  expect(different).toEqual([]);
});
