import {
  type ActorView,
  createActorSystem,
  defineActor,
  defineProtocol,
  message,
  silentLog,
} from "@troupe/actor";
import { InMemoryNetwork, seededRandom, VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import { z } from "zod";
import { ListenError } from "../errors.ts";
import { assess, type HealthReading } from "./assess.ts";
import { reading } from "./health.test-data.ts";
import { healthActor } from "./health-actor.ts";
import { noTrouble, type RecoveryAction, recover, recoverySchema } from "./recovery.ts";
import { StuckWatch } from "./stuck-watch.ts";
import { startTelemetryServer } from "./telemetry-server.ts";

test.each([
  [{}, 100, "healthy"],
  [{ cpu: 0.6 }, 100, "healthy"],
  [{ cpu: 0.61 }, 85, "healthy"],
  [{ cpu: 0.8 }, 85, "healthy"],
  [{ cpu: 0.81 }, 70, "degraded"],
  [{ memory: 0.7 }, 100, "healthy"],
  [{ memory: 0.71 }, 90, "healthy"],
  [{ memory: 0.86 }, 75, "degraded"],
  [{ active: false }, 50, "degraded"],
  [{ nats: { connected: false, roundTripMs: undefined } }, 50, "degraded"],
  [{ journalMs: undefined }, 50, "degraded"],
  [{ alerts: 3 }, 70, "degraded"],
  [{ cpu: 0.9, memory: 0.9 }, 45, "unhealthy"],
  [{ cpu: 0.9, memory: 0.9, active: false, alerts: 4 }, 0, "unhealthy"],
] as const)("the score of %j is %d: %s", (but, score, status) => {
  expect(assess([reading(but)])).toMatchObject({ score, status });
});

test("resources count by the mean of the last readings, all else by the last one", () => {
  expect(assess([reading({ cpu: 1 }), reading({ cpu: 0.4 })]).score).toBe(85);
  expect(assess([reading({ active: false }), reading()]).score).toBe(100);
  expect(assess([]).score).toBe(0);
});

test("checks say what is wrong, and with whom", () => {
  const { checks, deductions } = assess([
    reading({
      cpu: 0.9,
      lagSeconds: 2,
      nats: { connected: true, roundTripMs: undefined },
      mailbox: { share: 0.6, actor: "n1/worker" },
      stuck: [{ actor: "n1/clerk", type: "file", forMs: 61_000 }],
    }),
  ]);
  const found = checks.flatMap((check) =>
    check.status === "pass" ? [] : [`${check.status} ${check.name}: ${check.detail}`],
  );
  expect(found).toEqual([
    "fail connectivity: NATS does not answer",
    "fail cpu: 90 % of its processors",
    "fail event loop: callbacks run 2000 ms late",
    "warn mailboxes: the fullest is n1/worker's, 60 % full",
    "fail actors: n1/clerk has been at 'file' for 61 s",
  ]);
  expect(deductions).toEqual([
    { points: 30, because: "it uses 90 % of its processors" },
    { points: 50, because: "it does not reach NATS" },
  ]);
});

const limits = recoverySchema.parse({});

/** What is done about these readings, ten seconds apart. */
function done(...readings: readonly Partial<HealthReading>[]): readonly string[] {
  let memory = noTrouble;
  return readings.map((but, index) => {
    const decided = recover(memory, reading(but), index * 10_000, limits);
    memory = decided.memory;
    return decided.actions.map((action: RecoveryAction) => action.do).join(" ");
  });
}

test("an overloaded node takes no goals until it has had room twice in a row", () => {
  const over = { memory: 0.92 };
  const between = { memory: 0.85 };
  expect(done(over, {}, over, over, over, between, between, {}, between, {}, {})).toEqual([
    "",
    "",
    "",
    "shed",
    "",
    "",
    "",
    "",
    "",
    "",
    "take",
  ]);
  const full = { mailbox: { share: 0.9, actor: "n1/a" } };
  expect(done(full, full)).toEqual(["", "shed"]);
});

test("a connection that does not answer is made anew, not more than once a minute", () => {
  const silent = { nats: { connected: true, roundTripMs: undefined } };
  const gone = { nats: { connected: false, roundTripMs: undefined } };
  expect(done(silent, silent, silent, silent, silent, silent, silent, silent)).toEqual([
    "",
    "reconnect",
    "",
    "",
    "",
    "",
    "",
    "reconnect",
  ]);
  // The client is at it already.
  expect(done(gone, gone, gone)).toEqual(["", "", ""]);
});

test("a node whose memory stays at its end drains, once", () => {
  const readings = Array.from({ length: 15 }, () => ({ memory: 0.98 }));
  const actions = done(...readings);
  expect(actions.indexOf("drain")).toBe(12);
  expect(actions.filter((action) => action === "drain")).toHaveLength(1);
});

test("stuck actors are restarted, but not for ever: then the node drains", () => {
  const stuck = { stuck: [{ actor: "n1/a", type: "t", forMs: 600_000 }] };
  expect(done({ stuck: [{ actor: "n1/a", type: "t", forMs: 599_999 }] })).toEqual([""]);
  expect(done(stuck, stuck, stuck, stuck, stuck, stuck, stuck)).toEqual([
    "restart",
    "restart",
    "restart",
    "restart",
    "restart",
    "drain",
    "",
  ]);
});

const protocol = defineProtocol("clerk", { file: message(z.object({})) });

test("a stuck actor is found and restarted for real, and its mailbox goes on", async () => {
  const clock = new VirtualClock();
  const random = seededRandom(1);
  const network = new InMemoryNetwork({ clock, random });
  const system = createActorSystem({
    node: "n1",
    ports: { transport: network.connect("n1"), clock, random },
  });
  let lives = 0;
  let filed = 0;
  const clerk = system.spawn(
    defineActor(protocol, () => {
      lives += 1;
      return {
        file: () => {
          if (lives === 1) return new Promise(() => {});
          filed += 1;
        },
      };
    }),
    { name: "clerk" },
  );
  const watch = new StuckWatch();
  const scores: number[] = [];
  const health = system.spawn(
    healthActor({
      read: async () =>
        reading({ stuck: watch.look(system.actors(), clock.monotonic(), limits.stuckMs) }),
      act: async (action) => {
        if (action.do === "restart") {
          system.restart({ address: action.actor }, new Error(action.why));
        }
      },
      limits,
      everyMs: 10_000,
      checked: ({ score }) => void scores.push(score),
    }),
    { name: "health" },
  );
  clerk.tell("file", {});
  clerk.tell("file", {});
  await clock.advance(590_000);
  expect([lives, filed]).toEqual([1, 0]);
  await clock.advance(30_000);
  expect([lives, filed]).toEqual([2, 1]);
  expect(system.quarantine.list()).toHaveLength(1);
  const asked = health.ask("state", {}, { withinMs: 1000 });
  await clock.advance(1);
  expect(await asked).toMatchObject({
    health: { score: 100 },
    shedding: false,
    recovered: [{ action: "restart", why: "n1/clerk has been at 'file' for 600 s" }],
  });
  expect(scores.length).toBeGreaterThan(60);
});

test("what a node does about its trouble is logged and told, trouble as a warning and its end not", async () => {
  const clock = new VirtualClock();
  const random = seededRandom(1);
  const network = new InMemoryNetwork({ clock, random });
  const lines: string[] = [];
  const system = createActorSystem({
    node: "n1",
    ports: {
      transport: network.connect("n1"),
      clock,
      random,
      log: (level, line) => lines.push(`${level} ${line}`),
    },
  });
  let memory = 0.92;
  const health = system.spawn(
    healthActor({
      read: async () => reading({ memory }),
      act: async ({ do: what }) => {
        if (what === "take") throw new Error("the queue is gone");
      },
      limits,
      everyMs: 10_000,
      checked: () => {},
    }),
    { name: "health" },
  );
  await clock.advance(60_000);
  memory = 0.2;
  await clock.advance(60_000);
  const asked = health.ask("state", {}, { withinMs: 1000 });
  await clock.advance(1);
  const { recovered } = await asked;
  expect(recovered.map(({ action, why }) => [action, why])).toEqual([
    ["shed", "it uses 92 % of its memory"],
    ["take", "it has room again"],
  ]);
  expect(lines.filter((line) => line.includes("recovery"))).toEqual([
    "warn recovery: shed",
    "info recovery: take",
    "error recovery failed: take",
  ]);
});

test("an actor that goes from message to message is not stuck, however full its mailbox", () => {
  const watch = new StuckWatch();
  const view = { address: "n1/a", waiting: 5, atWork: { type: "t" } };
  const looks = [0, 1000, 2000].map((now) => {
    view.atWork = { type: "t" };
    return watch.look([view as unknown as ActorView], now, 500).length;
  });
  expect(looks).toEqual([0, 0, 0]);
  expect(watch.look([view as unknown as ActorView], 3000, 500)).toHaveLength(1);
});

test("metrics and health are served over HTTP, on loopback unless told otherwise", async () => {
  let ok = true;
  const server = await startTelemetryServer({
    port: 0,
    page: async () => "m 1\n",
    alive: () => ({ ok: true, body: { score: 100 } }),
    ready: () => ({ ok, body: { ready: ok } }),
    log: silentLog,
  });
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const get = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${server.url}${path}`, init);
    return [response.status, await response.text()];
  };
  expect(await get("/metrics")).toEqual([200, "m 1\n"]);
  expect(await get("/healthz")).toEqual([200, '{"score":100}\n']);
  expect(await get("/readyz?x=1")).toEqual([200, '{"ready":true}\n']);
  ok = false;
  expect(await get("/readyz")).toEqual([503, '{"ready":false}\n']);
  expect((await get("/other"))[0]).toBe(404);
  expect((await get("/metrics", { method: "POST" }))[0]).toBe(405);
  const { port } = new URL(server.url);
  const second = startTelemetryServer({
    port: Number(port),
    page: async () => "",
    alive: () => ({ ok, body: {} }),
    ready: () => ({ ok, body: {} }),
    log: silentLog,
  });
  await expect(second).rejects.toThrow(ListenError);
  await server.close();
});
