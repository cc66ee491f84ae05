import { PayloadTooLargeError } from "@troupe/actor";
import {
  InMemoryJournal,
  InMemoryNetwork,
  InMemoryWorkQueue,
  RecordingTracer,
  seededRandom,
  VirtualClock,
} from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { decodeJson } from "../contract/replies.ts";
import { crew, Simulation, subjects, titleOf } from "../simulation/simulation.test-data.ts";

let clock: VirtualClock;
let journal: InMemoryJournal;
let queue: InMemoryWorkQueue;
let simulation: Simulation;
/** Positions of the goals delivered, as often as they were. */
let deliveries: number[];

beforeEach(() => {
  clock = new VirtualClock();
  const network = new InMemoryNetwork({ clock, random: seededRandom(1), delayMs: 1 });
  journal = new InMemoryJournal(clock);
  queue = new InMemoryWorkQueue(clock);
  const tracer = new RecordingTracer(clock, seededRandom(2));
  deliveries = [];
  const observed = { push: queue.push.bind(queue), connect: () => observe(queue.connect()) };
  simulation = new Simulation({
    clock,
    network,
    journal,
    queue: observed,
    random: seededRandom,
    tracer,
  });
});

/** Notes what is delivered. */
function observe(end: ReturnType<InMemoryWorkQueue["connect"]>): typeof end {
  return {
    ...end,
    consume: (handler, options) =>
      end.consume((delivery) => {
        deliveries.push(delivery.sequence);
        return handler(delivery);
      }, options),
  };
}

/** Three nodes that take goals in, with agents beside them. */
async function nodes(journalMs = 0): Promise<void> {
  crew(simulation);
  for (const name of ["n1", "n2", "n3"]) simulation.node(name, { coordinates: true, journalMs });
  await clock.advance(2000);
}

const letters = (id?: string) => ({ kind: "letters", ...(id === undefined ? {} : { id }) });
const deadLetters = async () =>
  (await journal.read("dead.goals")).map(
    ({ payload }) => decodeJson(payload) as Record<string, unknown>,
  );

test("every goal gets its receipt, and the receipt means that it is in the journal", async () => {
  await nodes(8);
  const ids = Array.from({ length: 20 }, (_, index) => `g-${index}`);
  for (const id of ids) {
    const receipt = await simulation.request(subjects.goals, letters(id));
    expect(receipt).toEqual({
      goal: id,
      stream: "TROUPE_GOALS",
      seq: ids.indexOf(id) + 1,
      duplicate: false,
    });
    expect((await simulation.records(id)).map(titleOf)).toContain("accepted");
  }
  await clock.advance(60_000);
  for (const id of ids) expect(await simulation.result(id)).toMatchObject({ outcome: "succeeded" });
});

test("equal goals without an id are different goals with a receipt each", async () => {
  await nodes();
  const asked = [1, 2, 3].map(() => simulation.answerTo(subjects.goals, letters()));
  await clock.advance(3000);
  const receipts = await Promise.all(asked);
  expect(receipts.map((receipt) => (receipt as { goal: string }).goal).sort()).toEqual([
    "g1",
    "g2",
    "g3",
  ]);
});

test.for([
  ["while the goal runs", 100],
  ["when it has ended", 60_000],
] as const)(
  "an id that comes again %s is not run again, and its receipt says duplicate",
  async ([, ms]) => {
    await nodes();
    const first = await simulation.request(subjects.goals, letters("again"));
    await clock.advance(ms);
    const second = await simulation.request(subjects.goals, letters("again"));
    expect(second).toEqual({ ...(first as object), duplicate: true });
    await clock.advance(60_000);
    const titles = (await simulation.records("again")).map(titleOf);
    expect(titles.filter((title) => title === "accepted")).toHaveLength(1);
    expect(titles.at(-1)).toBe("finished");
  },
);

test("a repeat that the stream drops gets its receipt from the journal", async () => {
  await nodes();
  const first = await simulation.request(subjects.goals, letters("again"));
  simulation.storing = false;
  const second = await simulation.request(subjects.goals, letters("again"));
  expect(second).toEqual({ ...(first as object), duplicate: true });
});

test("a goal that takes longer than the lease is not delivered again while its node lives", async () => {
  await nodes();
  simulation.workMs = 60_000;
  simulation.publish(letters("long"));
  await clock.advance(600_000);
  const titles = (await simulation.records("long")).map(titleOf);
  expect(titles.at(-1)).toBe("finished");
  expect(deliveries).toEqual([1]);
});

test("a goal that is delivered again while its node still opens its journal is taken in once", async () => {
  crew(simulation);
  // Each answer of the journal takes as long as a lease, which nobody prolongs.
  simulation.node("n1", { coordinates: true, keepAliveMs: 3_600_000, journalMs: 14_000 });
  await clock.advance(2000);
  simulation.publish(letters("slow"));
  await clock.advance(1_800_000);
  expect(deliveries.length).toBeGreaterThan(1);
  const titles = (await simulation.records("slow")).map(titleOf);
  expect(titles).not.toContain("resumed");
  expect(titles.at(-1)).toBe("finished");
  expect(simulation.warnings).toEqual([]);
});

test("a repeated id does not disturb the goal that is under way on the same node", async () => {
  crew(simulation);
  simulation.workMs = 10_000;
  simulation.node("n1", { coordinates: true, keepAliveMs: 60_000 });
  await clock.advance(2000);
  simulation.publish(letters("busy"));
  await clock.advance(100);
  simulation.publish(letters("busy"));
  await clock.advance(120_000);
  const titles = (await simulation.records("busy")).map(titleOf);
  expect(titles).not.toContain("resumed");
  expect(titles.at(-1)).toBe("finished");
});

test("a goal is named by the message id when the document has none", async () => {
  await nodes();
  queue.push(new TextEncoder().encode('{"kind":"letters"}'), { "Nats-Msg-Id": "mine" });
  await clock.advance(10_000);
  expect(await simulation.result("mine")).toMatchObject({ outcome: "succeeded" });
});

test.for([
  ["is not JSON", "bring letters!", "invalid-goal"],
  ["has a field that nobody knows", '{"kind":"letters","speed":3}', "invalid-goal"],
  ["is of an unknown kind", '{"kind":"parcels"}', "unknown-goal-kind"],
] as const)(
  "a goal that %s is refused with the reason and kept as a dead letter",
  async ([, text, reason]) => {
    await nodes();
    const answer = await simulation.request(subjects.goals, text);
    expect(answer).toMatchObject({ error: { code: 400, reason, retryable: false } });
    await clock.advance(1000);
    const [letter, ...others] = await deadLetters();
    expect(others).toEqual([]);
    expect(letter).toMatchObject({ sequence: 1, error: { reason } });
    expect(Buffer.from(String(letter?.["payload"]), "base64").toString()).toBe(text);
  },
);

test("a goal whose record is too large for the server is refused, and does not come again for ever", async () => {
  crew(simulation);
  const node = simulation.node("n1", { coordinates: true });
  await clock.advance(2000);
  const tooLarge = (): Error => new PayloadTooLargeError("journal.goal.big", 300_000, 262_144);
  node.failAppends("journal.goal.big", [tooLarge(), tooLarge(), tooLarge()]);
  const answer = await simulation.request(subjects.goals, letters("big"));
  expect(answer).toMatchObject({
    error: { code: 413, reason: "goal-too-large", retryable: false },
  });
  await clock.advance(60_000);
  expect(await deadLetters()).toMatchObject([{ sequence: 1, error: { reason: "goal-too-large" } }]);
  expect(deliveries).toEqual([1]);
  expect(queue.unacknowledged).toBe(0);
});

test("a malformed goal that nobody waits for is kept as a dead letter, and the next goal runs", async () => {
  await nodes();
  simulation.publish("bring letters!");
  simulation.publish(letters("next"));
  await clock.advance(10_000);
  expect(await deadLetters()).toHaveLength(1);
  expect(await simulation.result("next")).toMatchObject({ outcome: "succeeded" });
});

test("a goal that was published when no node was up runs when one is", async () => {
  simulation.publish(letters("early"));
  await clock.advance(60_000);
  await nodes();
  await clock.advance(10_000);
  expect(await simulation.result("early")).toMatchObject({ outcome: "succeeded" });
});

test("a goal whose node dies before it said anything is taken in by another", async () => {
  crew(simulation);
  const first = simulation.node("n1", { coordinates: true });
  await clock.advance(2000);
  first.kill();
  simulation.publish(letters("orphan"));
  await clock.advance(1000);
  simulation.node("n2", { coordinates: true });
  await clock.advance(60_000);
  expect(await simulation.result("orphan")).toMatchObject({ outcome: "succeeded" });
});

test("a request that is not taken in in time is told so, and that repeating is safe", async () => {
  crew(simulation);
  const first = simulation.node("n1", { coordinates: true });
  await clock.advance(2000);
  first.holdJournal();
  const answer = await simulation.request(subjects.goals, letters("late"), 8000);
  expect(answer).toMatchObject({
    error: { code: 503, reason: "receipt-late", retryable: true },
  });
});

test("the desk answers what there is, what it is, and what was decided", async () => {
  await nodes();
  for (const id of ["one", "two"]) await simulation.request(subjects.goals, letters(id));
  await clock.advance(30_000);
  expect(await simulation.request(subjects.list, {})).toMatchObject({
    goals: [
      { id: "two", phase: "succeeded" },
      { id: "one", phase: "succeeded" },
    ],
  });
  expect(await simulation.request(subjects.show("one"), {})).toMatchObject({
    id: "one",
    tasksDone: 4,
  });
  const history = await simulation.request(subjects.history("one"), { after: 0 });
  const records = (history as { events: { record: unknown }[] }).events.map(({ record }) => record);
  expect(records).toEqual(await simulation.records("one"));
  expect(await simulation.request(subjects.show("three"), {})).toMatchObject({
    error: { code: 404, reason: "goal-not-found" },
  });
});
