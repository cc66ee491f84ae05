import { settled, VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import { Dispatcher, type Runnable } from "./dispatcher.ts";

/** Takes as many turns as it was made for, and writes each down. */
class Worker implements Runnable {
  nextReady: Runnable | undefined;
  readonly #name: string;
  readonly #seen: string[];
  readonly #dispatcher: Dispatcher;
  #left: number;

  constructor(name: string, turns: number, seen: string[], dispatcher: Dispatcher) {
    this.#name = name;
    this.#left = turns;
    this.#seen = seen;
    this.#dispatcher = dispatcher;
  }

  turn(): number {
    this.#seen.push(this.#name);
    this.#left -= 1;
    if (this.#left > 0) this.#dispatcher.schedule(this);
    return 1;
  }
}

test("those that are ready take turns, in the order in which they became ready", async () => {
  const seen: string[] = [];
  const dispatcher = new Dispatcher(new VirtualClock());
  const [a, b, c] = ["a", "b", "c"].map((name, index) => {
    return new Worker(name, index + 1, seen, dispatcher);
  }) as [Worker, Worker, Worker];
  for (const worker of [c, a, b]) dispatcher.schedule(worker);
  await settled();
  expect(seen.join(" ")).toBe("c a b c b c");
});

test("who is ready already is not so twice", async () => {
  const seen: string[] = [];
  const dispatcher = new Dispatcher(new VirtualClock());
  const [a, b] = ["a", "b"].map((name) => new Worker(name, 1, seen, dispatcher)) as [
    Worker,
    Worker,
  ];
  for (const worker of [a, a, b, a]) dispatcher.schedule(worker);
  await settled();
  expect(seen).toEqual(["a", "b"]);
});
