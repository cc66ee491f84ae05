import { settled, VirtualClock } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { Asks } from "./asks.ts";

/** Virtual time that counts how often it is looked at or asked for a timer. */
class CountingClock extends VirtualClock {
  uses = 0;

  override monotonic(): number {
    this.uses += 1;
    return super.monotonic();
  }

  override schedule(delayMs: number, callback: () => void): () => void {
    this.uses += 1;
    return super.schedule(delayMs, callback);
  }
}

let clock: CountingClock;
let asks: Asks;
/** How the asks ended, in order, and when. */
let ends: Array<readonly [name: string, outcome: unknown, atMs: number]>;

beforeEach(() => {
  clock = new CountingClock();
  asks = new Asks(clock, () => {});
  ends = [];
});

function ask(name: string, withinMs: number, isLocal = true) {
  const pending = asks.open(`n1/${name}`, "total", withinMs, [], isLocal);
  const ended = (outcome: unknown) => ends.push([name, outcome, clock.now() - start]);
  pending.promise.then(ended, ({ stage }) => ended(stage));
  return pending;
}

const start = new VirtualClock().now();

test("asks expire when their time is over, each in its turn, and no earlier", async () => {
  ask("long", 1000);
  ask("short", 30);
  await clock.advance(29);
  expect(ends).toEqual([]);
  ask("later", 30).taken();
  await clock.advance(1);
  expect(ends).toEqual([["short", "mailbox", 30]]);
  await clock.advance(2000);
  expect(ends).toEqual([
    ["short", "mailbox", 30],
    ["later", "reply", 60],
    ["long", "mailbox", 1000],
  ]);
});

test("an ask that is answered in the turn in which it began never looks at the clock", async () => {
  ask("total", 1000).answer({ ok: true, value: 3 });
  await settled();
  expect(ends).toEqual([["total", 3, 0]]);
  expect(clock.uses).toBe(0);
});

test("time is counted from the end of the process's turn, unless a deadline was told to the asked side", async () => {
  const told = ask("told", 50);
  ask("untold", 50);
  ask("abroad", 50, false);
  expect(told.deadline).toBe(start + 50);
  clock.schedule(10, () => {});
  // The first part of a step runs at once: time passes within this turn.
  const moved = clock.step();
  expect(told.deadline).toBe(start + 50);
  await moved;
  await clock.advance(100);
  expect(ends).toEqual([
    ["told", "mailbox", 50],
    ["abroad", "mailbox", 50],
    ["untold", "mailbox", 60],
  ]);
});

test("the end of a node ends the asks of this turn and of earlier ones", async () => {
  ask("earlier", 1000);
  await settled();
  ask("now", 1000);
  asks.close();
  await settled();
  expect(ends.map(([name, outcome]) => [name, outcome])).toEqual([
    ["now", "unreachable"],
    ["earlier", "unreachable"],
  ]);
});

test("an answer that comes twice, or after the end, settles nothing again", async () => {
  const pending = ask("total", 20);
  pending.answer({ ok: false, stage: "handler", detail: "it failed" });
  pending.answer({ ok: true, value: 3 });
  await clock.advance(100);
  expect(ends).toEqual([["total", "handler", 0]]);
});
