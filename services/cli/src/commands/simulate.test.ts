import { systemClock, systemRandom } from "@troupe/actor";
import { scenarios } from "@troupe/testkit";
import { expect, test, vi } from "vitest";
import { exitCodes } from "../errors.ts";
import type { Io, Output } from "../io.ts";
import { plainPaint } from "../output/paint.ts";
import { run } from "../run.ts";

function recordedIo(): { readonly io: Io; readonly text: () => string } {
  let written = "";
  const out: Output = {
    write: (text) => {
      written += text;
    },
    live: false,
    paint: plainPaint,
    columns: () => 100,
    rows: () => 24,
  };
  const io: Io = {
    out,
    err: out,
    readInput: () => Promise.resolve(""),
    environment: {},
    directory: "/",
    clock: systemClock,
    random: systemRandom,
    interrupted: new AbortController().signal,
    onSecondInterrupt: () => () => {},
    leaveSignals: () => {},
  };
  return { io, text: () => written };
}

test("all scenarios are tried, one line each", async () => {
  const { io, text } = recordedIo();
  expect(await run(io, ["simulate", "--seeds", "2"])).toBe(exitCodes.ok);
  const lines = text().trimEnd().split("\n");
  expect(lines.length).toBeGreaterThanOrEqual(4);
  for (const line of lines)
    expect(line).toMatch(/^✔ [a-z-]+ {2}2 seeds, \d+ faults, \d+ steps in /);
});

test("a protocol names its scenarios, and another one is refused with those there are", async () => {
  const agreement = recordedIo();
  const one = ["simulate", "--protocol", "pbft", "--seeds", "1", "--json"];
  expect(await run(agreement.io, one)).toBe(exitCodes.ok);
  const lines = agreement.text().trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { scenario: "pbft", failingSeeds: [] },
    { scenario: "pbft-seven", failingSeeds: [] },
  ]);
  const refused = recordedIo();
  expect(await run(refused.io, ["simulate", "--protocol", "paxos"])).toBe(exitCodes.usage);
  expect(refused.text()).toContain("no scenario of protocol 'paxos': choose one of pbft");
});

test("one seed is replayed to the same hash, as JSON or line by line", async () => {
  const one = ["simulate", "--scenario", "supervision", "--first-seed", "5", "--seeds", "1"];
  const asJson = recordedIo();
  expect(await run(asJson.io, [...one, "--json"])).toBe(exitCodes.ok);
  const summary = JSON.parse(asJson.text());
  expect(summary).toMatchObject({ type: "scenario", scenario: "supervision", failingSeeds: [] });
  const asText = recordedIo();
  expect(await run(asText.io, [...one, "--trace"])).toBe(exitCodes.ok);
  expect(asText.text()).toContain("0 begin supervision 5");
  expect(asText.text()).toContain(`hash ${summary.hash}`);
});

test("a violation is exit code 1, and comes with the command that replays it", async () => {
  const [first] = scenarios;
  if (first === undefined) throw new RangeError("there are no scenarios");
  const begin = vi.spyOn(first, "begin").mockImplementation(() => {
    throw new Error("no such luck");
  });
  const { io, text } = recordedIo();
  const ended = await run(io, ["simulate", "--scenario", first.name, "--seeds", "1", "--json"]);
  begin.mockRestore();
  expect(ended).toBe(exitCodes.failed);
  const [violations = "", summary = ""] = text().split("\n");
  expect(JSON.parse(violations)).toMatchObject({
    type: "violations",
    seed: 1,
    violations: [{ detail: "no such luck" }],
    replay: `troupe simulate --scenario ${first.name} --first-seed 1 --seeds 1 --trace`,
  });
  expect(JSON.parse(summary)).toMatchObject({ type: "scenario", failingSeeds: [1] });
});
