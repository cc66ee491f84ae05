import { type GoalEvent, NoNodesError, RequestRefusedError } from "@troupe/goals";
import { VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import type { GoalSource } from "./goal-source.ts";
import { GoalLoad, type LoadOptions } from "./load.ts";

const source: GoalSource = {
  kind: "letters",
  paceMs: 100,
  openLimit: 3,
  goal: async (number) => ({ id: `g${number}`, document: { id: `g${number}`, kind: "letters" } }),
  inspect: async () => [],
};

/** A deployment whose goals end some time after they were first submitted. */
class Letters {
  readonly submitted: string[] = [];
  readonly #clock: VirtualClock;
  readonly #endsAt = new Map<string, number>();
  readonly #workMs: number;
  mostOpen = 0;
  /** Submissions that are stored and not answered. */
  lostReceipts = 0;
  /** Times that nobody answers whoever wants to follow. */
  silences = 0;
  refusal: Error | undefined;

  constructor(clock: VirtualClock, workMs: number) {
    this.#clock = clock;
    this.#workMs = workMs;
  }

  async submit(goal: unknown) {
    const { id } = goal as { readonly id: string };
    this.submitted.push(id);
    if (this.refusal !== undefined) throw this.refusal;
    const duplicate = this.#endsAt.has(id);
    if (!duplicate) this.#endsAt.set(id, this.#clock.now() + this.#workMs);
    const open = [...this.#endsAt.values()].filter((at) => at > this.#clock.now());
    this.mostOpen = Math.max(this.mostOpen, open.length);
    if (this.lostReceipts > 0) {
      this.lostReceipts -= 1;
      throw new NoNodesError("the answer");
    }
    return { goal: id, stream: "goals", seq: 1, duplicate };
  }

  async watch(goal: string, observe: (event: GoalEvent) => void) {
    for (const event of await this.history(goal)) observe(event);
    return { unsubscribe: () => {} };
  }

  async history(goal: string): Promise<readonly GoalEvent[]> {
    if (this.silences > 0) {
      this.silences -= 1;
      throw new RequestRefusedError("ask-failed", "the goal changes hands", true);
    }
    const at = this.#endsAt.get(goal) ?? Number.POSITIVE_INFINITY;
    if (at > this.#clock.now()) return [];
    return [{ sequence: 1, at, record: { type: "finished", result: {} } }];
  }
}

function begin(workMs: number, goals: number) {
  const clock = new VirtualClock();
  const client = new Letters(clock, workMs);
  const enough = new AbortController();
  const over = new AbortController();
  const signals = { enough: enough.signal, over: over.signal };
  const options: LoadOptions = { client, clock, source, goals, ...signals };
  return { clock, client, enough, over, load: new GoalLoad(options) };
}

test("goals come at the source's pace, each is acknowledged, and the load ends with the last of them", async () => {
  const { clock, client, load } = begin(0, 5);
  const ended = load.run();
  await clock.advance(250);
  expect(client.submitted).toEqual(["g0", "g1", "g2"]);
  await clock.advance(10_000);
  await ended;
  expect(load.published).toHaveLength(5);
  for (const goal of load.published) {
    expect(goal).toMatchObject({ acknowledged: true, endedAt: expect.any(Number) });
  }
});

test("a goal without a receipt is published again under the same id until one comes", async () => {
  const { clock, client, load } = begin(0, 1);
  client.lostReceipts = 3;
  const ended = load.run();
  await clock.advance(10_000);
  await ended;
  expect(client.submitted).toEqual(["g0", "g0", "g0", "g0"]);
  expect(load.published).toMatchObject([{ id: "g0", acknowledged: true }]);
});

test("a goal that nobody could tell about is followed again until its end is known", async () => {
  const { clock, client, load } = begin(0, 1);
  client.silences = 3;
  const ended = load.run();
  await clock.advance(60_000);
  await ended;
  expect(client.silences).toBe(0);
  expect(load.published).toMatchObject([{ id: "g0", endedAt: expect.any(Number) }]);
});

test("no more goals are open at once than the source allows", async () => {
  const { clock, client, load } = begin(5000, 9);
  const ended = load.run();
  await clock.advance(1000);
  expect(client.submitted).toHaveLength(source.openLimit);
  await clock.advance(60_000);
  await ended;
  expect(load.published).toHaveLength(9);
  expect(client.mostOpen).toBe(source.openLimit);
});

test("enough stops publishing and follows what is open, over stops that too", async () => {
  const { clock, enough, over, load } = begin(1_000_000, 9);
  const ended = load.run();
  await clock.advance(150);
  enough.abort();
  await clock.advance(20_000);
  expect(load.published.map(({ id }) => id)).toEqual(["g0", "g1"]);
  over.abort();
  await clock.advance(10_000);
  await ended;
  expect(load.published).toMatchObject([{ endedAt: undefined }, { endedAt: undefined }]);
});

test("a refused goal ends the load with the reason", async () => {
  const { clock, client, load } = begin(0, 5);
  client.refusal = new RequestRefusedError("invalid-goal", "no such letter", false);
  const failed = expect(load.run()).rejects.toMatchObject({ code: "invalid-goal" });
  await clock.advance(10_000);
  await failed;
});
