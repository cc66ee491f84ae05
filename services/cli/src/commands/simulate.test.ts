import { scenarios } from "@troupe/testkit";
import { expect, test, vi } from "vitest";
import { exitCodes } from "../errors.ts";
import { commandsInFolder } from "./in-folder.test-support.ts";

const { troupe } = commandsInFolder();
const simulate = (...args: readonly string[]) => troupe("simulate", ...args);

const protocols = [
  "actor",
  "entity",
  "vote",
  "auction",
  "contract-net",
  "allocation",
  "hierarchy",
  "conversation",
  "pbft",
  "raft",
  "journal-log",
  "goal",
  "deliberation",
  "replanning",
];

test("all scenarios of all protocols are tried, and a last line says what came of the whole", async () => {
  const { code, out } = await simulate("--seeds", "1", "--json");
  expect(code).toBe(exitCodes.ok);
  const lines = out
    .trimEnd()
    .split("\n")
    // Where a scenario takes long, how far it is is told in between.
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
  const tried = lines.filter(({ type }) => type === "scenario");
  for (const scenario of tried) expect(scenario).toMatchObject({ holds: true });
  expect(new Set(tried.map(({ protocol }) => protocol))).toEqual(new Set(protocols));
  const summary = lines.at(-1);
  expect(summary).toMatchObject({ type: "summary", holds: true, seeds: 1, violations: 0 });
  expect(summary.scenarios).toEqual(tried.map(({ scenario }) => scenario));
  expect(summary.faults).toBeGreaterThan(tried.length);
}, 120_000);

test("a protocol has its scenarios, one line each", async () => {
  const { code, out } = await simulate("--protocol", "auction", "--seeds", "2");
  expect(code).toBe(exitCodes.ok);
  const [line, summary = ""] = out.split("\n");
  expect(line).toMatch(/^✔ auction {2}2 seeds, \d+ faults, \d+ steps in /);
  expect(JSON.parse(summary)).toMatchObject({ scenarios: ["auction"], protocol: "auction" });
});

test("a scenario that asks too much has to be violated, and says at which seed it was", async () => {
  const { code, out } = await simulate("--scenario", "vote-two-liars", "--seeds", "1", "--json");
  expect(code).toBe(exitCodes.ok);
  const summary = JSON.parse(out.trimEnd().split("\n").at(-1) ?? "");
  expect(summary).toMatchObject({ violations: 0, beyond: [{ foundAt: expect.any(Number) }] });
});

test("a protocol that there is not is refused with those there are", async () => {
  const { code, err } = await simulate("--protocol", "paxos");
  expect(code).toBe(exitCodes.usage);
  expect(err).toContain("no scenario of protocol 'paxos': choose one of actor");
});

test("one seed is replayed to the same hash, as JSON or line by line", async () => {
  const one = ["--scenario", "supervision", "--first-seed", "5", "--seeds", "1"];
  const asJson = await simulate(...one, "--json");
  expect(asJson.code).toBe(exitCodes.ok);
  const [summary] = asJson.out.split("\n").map((line) => JSON.parse(line || "{}"));
  expect(summary).toMatchObject({ type: "scenario", scenario: "supervision", failingSeeds: [] });
  const asText = await simulate(...one, "--trace");
  expect(asText.code).toBe(exitCodes.ok);
  expect(asText.out).toContain("0 begin supervision 5");
  expect(asText.out).toContain(`hash ${summary.hash}`);
});

test("a violation is exit code 1, and comes with the command that replays it", async () => {
  const [first] = scenarios;
  if (first === undefined) throw new RangeError("there are no scenarios");
  const begin = vi.spyOn(first, "begin").mockImplementation(() => {
    throw new Error("no such luck");
  });
  const { code, out } = await simulate("--scenario", first.name, "--seeds", "1", "--json");
  begin.mockRestore();
  expect(code).toBe(exitCodes.failed);
  const [violations = "", summary = ""] = out.split("\n");
  expect(JSON.parse(violations)).toMatchObject({
    type: "violations",
    seed: 1,
    violations: [{ detail: "no such luck" }],
    replay: `troupe simulate --scenario ${first.name} --first-seed 1 --seeds 1 --trace`,
  });
  expect(JSON.parse(summary)).toMatchObject({ type: "scenario", failingSeeds: [1] });
});
