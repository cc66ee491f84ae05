import { InMemoryNetwork, RecordingTracer, seededRandom } from "@troupe/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  type ActorSystem,
  type AskOptions,
  createActorSystem,
  defineActor,
  HungActorError,
  newTraceContext,
  type SystemEvent,
  silentLog,
  systemClock,
  ThreadExitedError,
  ThreadModuleError,
  type ThreadOptions,
  threadActor,
  traced,
} from "../index.ts";
import { clerk } from "./testing/clerk.ts";
import { clerkProtocol, workshopProtocol } from "./testing/workshop-protocol.ts";

const within = { withinMs: 50_000 };
const execArgv = ["--conditions=troupe:source"];
const workshopModule = new URL("./testing/workshop.test-thread.ts", import.meta.url);
const tracer = new RecordingTracer(systemClock, seededRandom(5));

let network: InMemoryNetwork;
let system: ActorSystem;
let events: SystemEvent[];

function node(name: string): ActorSystem {
  return createActorSystem({
    node: name,
    ports: { transport: network.connect(name), tracer, log: silentLog },
    membership: { suspectMs: 60_000 },
  });
}

/** Resolves with the first event of the kind, also one that has been already. */
function event<K extends SystemEvent["kind"]>(
  kind: K,
  actor?: string,
): Promise<Extract<SystemEvent, { kind: K }>> {
  const fits = (one: SystemEvent): boolean =>
    one.kind === kind && (actor === undefined || ("actor" in one && one.actor === actor));
  return new Promise((resolve) => {
    const take = (one: SystemEvent): void => {
      if (fits(one)) resolve(one as Extract<SystemEvent, { kind: K }>);
    };
    events.forEach(take);
    system.observe(take);
  });
}

const workshop = (options: ThreadOptions = {}) =>
  threadActor(workshopProtocol, workshopModule, { execArgv, ...options });
const spawn = (options: ThreadOptions = {}, name = "workshop") =>
  system.spawn(workshop(options), { name });

/** Asks until there are as many notes. */
async function notesOf(
  ref: { ask(type: "notes", body: object, options: AskOptions): Promise<string[]> },
  count: number,
): Promise<readonly string[]> {
  const notes = await ref.ask("notes", {}, within);
  return notes.length >= count ? notes : notesOf(ref, count);
}

/** How many worker threads' ports and the like keep this process alive. */
const openPorts = (): number =>
  process.getActiveResourcesInfo().filter((name) => /MessagePort|Worker/.test(name)).length;

beforeEach(() => {
  network = new InMemoryNetwork({ clock: systemClock, random: seededRandom(1) });
  system = node("n1");
  events = [];
  system.observe((one) => events.push(one));
});
afterEach(() => system.stop());

test("a thread actor answers from another thread, one message at a time and in order", async () => {
  const ref = spawn();
  const sent = Array.from({ length: 100 }, (_, i) => `${i}`);
  const slow = ref.ask("slowly", { ms: 20 }, within);
  for (const text of sent) ref.tell("note", { text });
  expect(await ref.ask("notes", {}, within)).toEqual(sent);
  expect(await slow).toBe("after 20 ms");
  expect(await ref.ask("threadId", {}, within)).toBeGreaterThan(0);
});

test("a thread actor is reached from another node", async () => {
  spawn();
  const ref = node("n2").ref(workshopProtocol, "n1/workshop");
  ref.tell("note", { text: "from afar" });
  expect(await ref.ask("notes", {}, within)).toEqual(["from afar"]);
});

test("a hung actor is killed and restarted with its mailbox, while its node answers others", async () => {
  const ref = spawn({ hangMs: 1500 });
  const other = system.spawn(clerk, { name: "clerk" });
  const before = await ref.ask("threadId", {}, within);
  ref.tell("hang", {});
  ref.tell("note", { text: "kept" });
  const notes = ref.ask("notes", {}, within);
  other.tell("note", { text: "meanwhile" });
  expect(await other.ask("notes", {}, { withinMs: 1000 })).toEqual(["meanwhile"]);
  expect(events.some(({ kind }) => kind === "restarted")).toBe(false);

  const { error } = await event("restarted");
  expect(error).toBeInstanceOf(HungActorError);
  expect(error).toMatchObject({ address: "n1/workshop", hangMs: 1500, type: "hang" });
  expect(await notes).toEqual(["kept"]);
  expect(system.quarantine.list()).toMatchObject([{ actor: "n1/workshop", type: "hang" }]);
  expect(await ref.ask("threadId", {}, within)).not.toBe(before);
});

test("who asked the actor that hangs is told that the handler failed", async () => {
  const ref = spawn({ hangMs: 1500 });
  await expect(ref.ask("hangAsked", { tell: "n1/nobody" }, within)).rejects.toMatchObject({
    stage: "handler",
    message: expect.stringContaining("no sign of life for 1500 ms"),
  });
});

test("a handler that waits is no hang, and one that computes is none when it says so", async () => {
  const ref = spawn({ hangMs: 800 });
  expect(await ref.ask("slowly", { ms: 2000 }, within)).toBe("after 2000 ms");
  expect(await ref.ask("compute", { ms: 2000, report: true }, within)).toBe("computed");
  await expect(ref.ask("compute", { ms: 20_000, report: false }, within)).rejects.toMatchObject({
    stage: "handler",
  });
});

test("a handler that throws fails the actor, which begins anew in a fresh thread", async () => {
  const ref = spawn();
  ref.tell("note", { text: "forgotten" });
  const before = await ref.ask("threadId", {}, within);
  ref.tell("crash", {});
  ref.tell("note", { text: "kept" });
  expect(await ref.ask("notes", {}, within)).toEqual(["kept"]);
  expect(await ref.ask("threadId", {}, within)).not.toBe(before);
  const { error } = await event("restarted");
  expect(error).toMatchObject({ name: "RangeError", message: "told to" });
});

test("a thread that exits, or throws outside of a handler, fails its actor", async () => {
  const exiting = spawn({}, "exiting");
  exiting.tell("exit", { code: 3 });
  const exited = await event("restarted", "n1/exiting");
  expect(exited.error).toBeInstanceOf(ThreadExitedError);
  expect(exited.error).toMatchObject({ address: "n1/exiting", exitCode: 3 });
  const crashing = spawn({}, "crashing");
  crashing.tell("crashLater", {});
  const crashed = await event("restarted", "n1/crashing");
  expect(crashed.error).toBeInstanceOf(ThreadExitedError);
  expect(crashed.error.cause).toMatchObject({ message: "outside of any handler" });
  expect(await crashing.ask("notes", {}, within)).toEqual([]);
});

test("a thread out of memory ends alone", async () => {
  const ref = spawn({ resourceLimits: { maxOldGenerationSizeMb: 64 } });
  ref.tell("eat", {});
  const { error } = await event("restarted");
  expect(error).toBeInstanceOf(ThreadExitedError);
  expect(error.cause).toMatchObject({ code: "ERR_WORKER_OUT_OF_MEMORY" });
  expect(await ref.ask("notes", {}, within)).toEqual([]);
});

test("a message that breaks the protocol, and an answer that can't cross, fail their handler", async () => {
  const ref = spawn();
  await expect(ref.ask("slowly", { ms: "x" as never }, within)).rejects.toMatchObject({
    stage: "handler",
  });
  await expect(ref.ask("unclonable", {}, within)).rejects.toMatchObject({
    stage: "handler",
    message: expect.stringContaining("could not be cloned"),
  });
});

test("a module that holds no such actor fails the setup", async () => {
  const module = new URL("./testing/not-an-actor.test-thread.ts", import.meta.url);
  system.spawn(threadActor(workshopProtocol, module, { execArgv }), { restart: "temporary" });
  const { error } = await event("stopped");
  expect(error).toMatchObject({ name: ThreadModuleError.name, code: "thread-module" });
});

test("timers, idleness, stash, changed behaviour and piped work are as in any actor", async () => {
  const ref = spawn();
  ref.tell("remind", { text: "reminded", ms: 10 });
  ref.tell("fetch", {});
  expect((await notesOf(ref, 2)).toSorted()).toEqual(["fetched", "reminded"]);
  ref.tell("close", {});
  for (const text of ["a", "b"]) ref.tell("note", { text });
  expect(await ref.ask("notes", {}, within)).toHaveLength(2);
  ref.tell("open", {});
  expect((await ref.ask("notes", {}, within)).slice(2)).toEqual(["a", "b"]);
  const other = system.spawn(clerk, { name: "clerk" });
  ref.tell("idle", { ms: 20, tell: other.address });
  expect((await notesOf(other, 1))[0]).toBe("idle");
});

test("messages that interleave do not hold those that follow", async () => {
  const ref = spawn({ interleave: ["slowly"] });
  const slow = ref.ask("slowly", { ms: 45_000 }, within);
  const failed = expect(slow).rejects.toMatchObject({ stage: "handler" });
  expect(await ref.ask("notes", {}, within)).toEqual([]);
  await system.stopActor(ref);
  await failed;
});

test("a stashed message survives the hang of its actor", async () => {
  const ref = spawn({ hangMs: 1500 });
  ref.tell("close", {});
  ref.tell("note", { text: "set aside" });
  ref.tell("hang", {});
  expect(await ref.ask("notes", {}, within)).toEqual(["set aside"]);
});

test("the behaviour tells, asks and watches actors outside its thread", async () => {
  const ref = spawn();
  const other = system.spawn(clerk, { name: "clerk" });
  expect(await ref.ask("relay", { to: "n1/clerk" }, within)).toEqual(["from n1/workshop"]);
  ref.tell("watch", { of: other.address });
  await ref.ask("notes", {}, within);
  await system.stopActor(other);
  expect(await notesOf(ref, 1)).toEqual(["n1/clerk stopped"]);
  await expect(ref.ask("relay", { to: "n1/nobody" }, within)).rejects.toMatchObject({
    stage: "handler",
    message: expect.stringContaining("failed at stage 'unreachable'"),
  });
});

test("asks that lead back to the thread actor are told of the circle at once", async () => {
  const ref = spawn();
  await expect(ref.ask("relay", { to: "n1/workshop" }, within)).rejects.toThrow(
    "n1/workshop -> n1/workshop",
  );
});

test("children live in the thread and are reached, supervised and watched like any", async () => {
  const ref = spawn();
  const address = await ref.ask("hire", { name: "clerk" }, within);
  expect(address).toBe("n1/workshop/clerk");
  const child = node("n2").ref(clerkProtocol, address);
  expect(await child.ask("notes", {}, within)).toEqual(["hired"]);
  child.tell("crash", {});
  await event("stopped", address);
  expect(await notesOf(ref, 1)).toEqual(["clerk failed"]);
  expect(await ref.ask("hire", { name: "clerk" }, within)).toBe(address);
});

test("a child that hangs takes its thread with it, and only its message is quarantined", async () => {
  const ref = spawn({ hangMs: 1500 });
  ref.tell("hireHanging", {});
  const { error, actor } = await event("restarted");
  expect(actor).toBe("n1/workshop");
  expect(error).toBeInstanceOf(HungActorError);
  expect(await ref.ask("notes", {}, within)).toEqual([]);
  expect(system.quarantine.list()).toMatchObject([{ actor: "n1/workshop/hanging", type: "hang" }]);
  expect(events.filter(({ kind }) => kind === "restarted")).toHaveLength(1);
});

test("what the thread does is part of the trace of the message that caused it", async () => {
  const trace = newTraceContext(seededRandom(3));
  expect(await traced(spawn(), trace).ask("traced", {}, within)).toBe(trace.traceId);
  expect(tracer.spans.map(({ name }) => name)).toContain("sawing");
});

test("a stop runs the clean-up in the thread, and does not wait for it for ever", async () => {
  const other = system.spawn(clerk, { name: "clerk" });
  const ref = spawn();
  ref.tell("cleanUp", { tell: "n1/clerk", text: "cleaned up", ms: 10 });
  await ref.ask("notes", {}, within);
  await system.stopActor(ref);
  expect(await other.ask("notes", {}, within)).toEqual(["cleaned up"]);
  const slow = spawn({ stopWithinMs: 50 }, "slow");
  slow.tell("cleanUp", { tell: "n1/clerk", text: "too late", ms: 40_000 });
  await slow.ask("notes", {}, within);
  await system.stopActor(slow);
  expect(await other.ask("notes", {}, within)).toEqual(["cleaned up"]);
});

test("an actor that hangs can be stopped, and one in a thread can stop itself", async () => {
  const begun = Promise.withResolvers<void>();
  const listener = defineActor(clerkProtocol, () => ({
    note: () => begun.resolve(),
    notes: () => [],
    crash: () => {},
    hang: () => {},
  }));
  const tell = system.spawn(listener).address;
  const hanging = spawn({ stopWithinMs: 50 }, "hanging");
  const asked = expect(hanging.ask("hangAsked", { tell }, within)).rejects.toMatchObject({
    stage: "handler",
  });
  await begun.promise;
  await system.stopActor(hanging);
  await asked;
  spawn({}, "leaver").tell("leave", {});
  expect(await event("stopped", "n1/leaver")).not.toHaveProperty("error");
});

test("fifty threads that came and went leave nothing behind", async () => {
  const before = openPorts();
  const refs = Array.from({ length: 50 }, (_, i) => spawn({}, `w${i}`));
  const ids = await Promise.all(refs.map((ref) => ref.ask("threadId", {}, within)));
  expect(new Set(ids).size).toBe(50);
  await Promise.all(refs.map((ref) => system.stopActor(ref)));
  expect(openPorts()).toBe(before);
});
