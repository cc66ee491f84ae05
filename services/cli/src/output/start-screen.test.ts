import { expect, test } from "vitest";
import type { StartNews } from "../up/news.ts";
import { plainPaint } from "./paint.ts";
import { notStarted, started, startLine, startScreen } from "./start-screen.ts";

const screen = { width: 80, paint: plainPaint };
const url = "nats://127.0.0.1:4222";

const course: readonly (readonly [at: number, news: StartNews])[] = [
  [400, { type: "server", url, version: "2.12.3", started: true }],
  [450, { type: "streams", prefix: "troupe" }],
  [460, { type: "node", node: "node-1", state: "starting" }],
  [460, { type: "node", node: "node-2", state: "starting" }],
  [1900, { type: "node", node: "node-2", state: "ready", pid: 12 }],
  [2000, { type: "node", node: "node-1", state: "ready", pid: 11 }],
];

function shownAfter(pieces: number, now: number): string {
  const starting = course
    .slice(0, pieces)
    .reduce((state, [at, news]) => started(state, news, at), notStarted(0));
  return `\n${startScreen(starting, now, screen).join("\n")}\n`;
}

test("starting shows what is being waited for, and for how long", () => {
  expect(shownAfter(0, 160)).toMatchInlineSnapshot(`
    "
    ⠹ NATS server       finding or starting one                               160 ms
    "
  `);
  expect(shownAfter(5, 1950)).toMatchInlineSnapshot(`
    "
    ✔ NATS server       2.12.3 started at nats://127.0.0.1:4222               400 ms
    ✔ durable streams   goals, decisions, results and traces under 'troupe'    50 ms
    ⠼ actor nodes       node-1 …  node-2                                       1.5 s
    "
  `);
});

test("when everything stands, each part shows how long it took", () => {
  expect(shownAfter(6, 9999)).toMatchInlineSnapshot(`
    "
    ✔ NATS server       2.12.3 started at nats://127.0.0.1:4222               400 ms
    ✔ durable streams   goals, decisions, results and traces under 'troupe'    50 ms
    ✔ actor nodes       node-1  node-2                                         1.6 s
    "
  `);
});

test("a node that dies is told with the reason and when it is started again", () => {
  const lost = { state: "lost", why: "signal SIGKILL", restartInMs: 500 } as const;
  expect(startLine({ type: "node", node: "node-1", ...lost }, screen)).toBe(
    "! node node-1 is gone (signal SIGKILL); it is started again in 500 ms",
  );
});
