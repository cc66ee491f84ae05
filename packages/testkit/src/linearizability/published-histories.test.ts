import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkLinearizable } from "./check-linearizable.ts";
import type { History } from "./history.ts";
import { HistoryRecorder, type OpenCall } from "./history-recorder.ts";
import { type KeyValueInput, keyValueModel } from "./models/key-value.ts";
import { type RegisterInput, type RegisterOutput, registerModel } from "./models/register.ts";

const repository = join(import.meta.dirname, "../../../..");
const folder = join(repository, "../shared/data/linearizability");
const hasHistories = existsSync(folder);
if (!hasHistories) {
  console.error(`SKIPPED, the published histories (Porcupine's test data) are not in ${folder}`);
}

type Value = number | null;

const number = (text: string | undefined): Value => (text === "nil" ? null : Number(text));

function etcdInput(kind: string, value: string): RegisterInput<Value> {
  if (kind === "read") return { kind };
  if (kind === "write") return { kind, value: number(value) };
  const [, expected, written] = /^\[(\d+) (\d+)\]$/.exec(value) ?? [];
  return { kind: "cas", expected: number(expected), value: number(written) };
}

/** Jepsen's log of a register in etcd: `INFO  jepsen.util - process :type :f value`, by tabs. */
function etcdHistory(log: string): History<RegisterInput<Value>, RegisterOutput<Value>> {
  const recorder = new HistoryRecorder<RegisterInput<Value>, RegisterOutput<Value>>();
  const open = new Map<string, OpenCall<RegisterOutput<Value>>>();
  for (const line of log.split("\n")) {
    const event = /jepsen\.util - (\d+)\s+:(\w+)\s+:(read|write|cas)\s+(.*)$/.exec(line);
    if (event === null) continue;
    const [, process = "", type, kind = "", value = ""] = event;
    if (type === "invoke") {
      open.set(process, recorder.call(process, etcdInput(kind, value)));
      continue;
    }
    if (type === "ok") open.get(process)?.returned(kind === "read" ? number(value) : true);
    else if (type === "fail" && kind === "cas") open.get(process)?.returned(false);
    else if (type === "fail") open.get(process)?.hadNoEffect();
    else expect(type, line).toBe("info");
  }
  return recorder.history();
}

/** `{:process 0, :type :invoke, :f :get, :key "7", :value nil}`, one a line. */
function keyValueHistory(log: string): History<KeyValueInput, string> {
  const recorder = new HistoryRecorder<KeyValueInput, string>();
  const open = new Map<string, OpenCall<string>>();
  const pattern =
    /:process (\d+), :type :(\w+), :f :(get|put|append), :key "(.*?)", :value (.*)\}$/;
  for (const line of log.split("\n").filter((text) => text !== "")) {
    const [, process = "", type, kind, key = "", text = ""] = pattern.exec(line) ?? [];
    const value = text === "nil" ? "" : text.slice(1, -1);
    if (type === "ok") open.get(process)?.returned(value);
    else if (kind === "get") open.set(process, recorder.call(process, { kind, key }));
    else if (kind === "put" || kind === "append") {
      open.set(process, recorder.call(process, { kind, key, value }));
    } else expect.fail(line);
  }
  return recorder.history();
}

const read = (...path: string[]): string => readFileSync(join(folder, ...path), "utf8");

describe.skipIf(!hasHistories)("histories published with their verdicts", () => {
  test("each of the 102 of a register in etcd gets the verdict that Porcupine gives", () => {
    const expected: Record<string, boolean> = JSON.parse(read("expected.json"));
    expect(Object.keys(expected)).toHaveLength(102);
    const verdicts = Object.keys(expected).map((file) => {
      const history = etcdHistory(read("test_data/jepsen", file));
      expect(history.length, file).toBeGreaterThan(10);
      return [file, checkLinearizable(registerModel<Value>(null), history).linearizable];
    });
    expect(Object.fromEntries(verdicts)).toEqual(expected);
  });

  test("each of the key-value histories gets the verdict in its name", () => {
    for (const file of readdirSync(join(folder, "test_data/kv"))) {
      const history = keyValueHistory(read("test_data/kv", file));
      expect(history.length, file).toBeGreaterThan(10);
      const { linearizable } = checkLinearizable(keyValueModel(), history);
      expect(linearizable, file).toBe(file.endsWith("-ok.txt"));
    }
  });
});
