import { expect, test } from "vitest";
import type { StoredChange } from "./durable.ts";
import type { Outputs } from "./state.ts";
import { WriteBehind } from "./write-behind.ts";

function outputs(name: string, changes: readonly StoredChange[]): Outputs {
  const answers = [{ request: Number(name), answer: { kind: "busy" } as const }];
  return { changes, messages: [], answers, timers: [], decisions: [], notices: [] };
}

const term = (number: number): StoredChange => ({ kind: "term", term: number, votedFor: null });
const entry = (bytes: number): StoredChange => ({
  kind: "entries",
  after: 0,
  entries: [{ kind: "proposed", term: 1, id: "x", entry: 1, bytes }],
});

function host(mostBytes: number) {
  const writes: (readonly StoredChange[])[] = [];
  const released: number[] = [];
  let finish = (): void => {};
  const behind = new WriteBehind({
    mostBytes,
    write: (changes, stored) => {
      writes.push(changes);
      finish = stored;
    },
    release: ({ answers }) => released.push(answers[0]?.request ?? 0),
  });
  return { behind, writes, released, stored: () => finish() };
}

test("nothing leaves before its changes, and those of the steps before, are stored", () => {
  const { behind, writes, released, stored } = host(1000);
  behind.add(outputs("1", []));
  expect(released).toEqual([1]);
  behind.add(outputs("2", [term(1)]));
  behind.add(outputs("3", [term(2)]));
  behind.add(outputs("4", []));
  expect([writes.length, released]).toEqual([1, [1]]);
  stored();
  expect(released).toEqual([1, 2]);
  stored();
  expect([writes, released]).toEqual([
    [[term(1)], [term(2)]],
    [1, 2, 3, 4],
  ]);
});

test("what waits is written together, up to so many bytes", () => {
  const { behind, writes, stored } = host(250);
  behind.add(outputs("1", [term(1)]));
  for (const name of ["2", "3", "4", "5"]) behind.add(outputs(name, [entry(100)]));
  stored();
  stored();
  expect(writes.map(({ length }) => length)).toEqual([1, 3, 1]);
});
