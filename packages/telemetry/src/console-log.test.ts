import type { LogLevel } from "@troupe/actor";
import { expect, test } from "vitest";
import { type ConsoleLogOptions, consoleLog } from "./console-log.ts";

function logging(over: Partial<ConsoleLogOptions> = {}) {
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(line);
  return {
    lines,
    log: consoleLog({ node: "node-1", level: "debug", json: false, write, ...over }),
  };
}

const levels: readonly LogLevel[] = ["debug", "info", "warn", "error"];

test.each(levels)("at level %s that and what is graver is written", (level) => {
  const { log, lines } = logging({ level });
  for (const one of levels) log(one, "said");
  expect(lines.map((line) => line.split(" ")[0])).toEqual(levels.slice(levels.indexOf(level)));
});

test("a line tells level, node, message and fields in words", () => {
  const { log, lines } = logging();
  log("info", "took a task", { task: "stage-1", tries: 2, tags: ["a"], none: undefined });
  log("warn", "plain");
  expect(lines).toEqual([
    'info  node-1 took a task task=stage-1 tries=2 tags=["a"] none=undefined',
    "warn  node-1 plain",
  ]);
});

test("as JSON a line is one object", () => {
  const { log, lines } = logging({ json: true });
  log("info", "took\na task", { task: "stage-1", tries: 2 });
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toContain("\n");
  expect(JSON.parse(lines[0] ?? "")).toEqual({
    level: "info",
    node: "node-1",
    message: "took\na task",
    task: "stage-1",
    tries: 2,
  });
});

test("errors are told by their message alone", () => {
  const fields = { error: new TypeError("no such table"), all: [new Error("inner")] };
  const words = logging();
  words.log("error", "gave up", fields);
  expect(words.lines).toEqual(['error node-1 gave up error=no such table all=["inner"]']);
  const json = logging({ json: true });
  json.log("error", "gave up", fields);
  expect(JSON.parse(json.lines[0] ?? "")).toMatchObject({ error: "no such table", all: ["inner"] });
});

test.each([
  ["nats://user:secret@host:4222", "nats://***@host:4222"],
  ["tls://s3cr3t-token@host", "tls://***@host"],
  ["s3://key:secret@bucket", "s3://***@bucket"],
  ["HTTPS://user:secret@host/path", "HTTPS://***@host/path"],
  ["https://user:se@cret@host", "https://***@host"],
  ["nats://a:secret@one,nats://b:secret@two", "nats://***@one,nats://***@two"],
])("credentials in the address %s are left out wherever it stands", (address, shown) => {
  for (const json of [true, false]) {
    const { log, lines } = logging({ json });
    log("info", `connected to ${address}`, {
      address,
      deep: { list: [address] },
      error: new Error(`refused by ${address}`),
    });
    expect(lines[0]).not.toMatch(/secret|s3cr3t|cret@/);
    expect(lines[0]?.split(shown)).toHaveLength(5);
  }
});

test("addresses without credentials and mail addresses stay as they are", () => {
  const { log, lines } = logging();
  log("info", "see http://host/path?to=a@b or mail ann@example.org");
  expect(lines).toEqual(["info  node-1 see http://host/path?to=a@b or mail ann@example.org"]);
});

test.each([true, false])(
  "what JSON has no form for does not stop who logs it (JSON: %s)",
  (json) => {
    const { log, lines } = logging({ json });
    const ring: Record<string, unknown> = { name: "ring" };
    ring["self"] = ring;
    const shared = { x: 1 };
    log("info", "odd", { size: 12n, ring, twice: [shared, shared], act: () => {} });
    expect(lines[0]).toContain("12");
    expect(lines[0]).toContain('"self":"[circular]"');
    expect(lines[0]).toContain('[{"x":1},{"x":1}]');
  },
);
