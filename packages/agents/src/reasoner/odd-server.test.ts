import type { ScriptedAnswer } from "@troupe/testkit";
import { expect, test } from "vitest";
import { ModelUnavailableError } from "../errors.ts";
import { askingModel, inOrder, providers } from "./asking.test-data.ts";

const page = { "content-type": "text/html; charset=utf-8" };
const events = { "content-type": "text/event-stream" };
const answers: readonly (readonly [string, ScriptedAnswer, string])[] = [
  ["a page to log in with", { status: 200, headers: page, body: "<html>" }, "with 'text/html'"],
  ["JSON instead of a stream", { status: 200, body: { choices: [] } }, "with 'application/json'"],
  [
    "a stream without events",
    { status: 200, headers: events, body: { a: 1 } },
    "its server failed",
  ],
  ["nothing at all", { status: 204 }, "status 204"],
];

test.for(providers.flatMap((provider) => answers.map((answer) => [provider, ...answer] as const)))(
  "a server of %s that answers with %s is given up after four calls, and it is said what came",
  async ([provider, , answer, words]) => {
    await using asking = await askingModel(inOrder(answer), { TROUPE_MODEL_PROVIDER: provider });
    const waits = [375, 750, 1500].map((delayMs) => ({
      delayMs,
      began: asking.clock.waited(delayMs),
    }));
    const failed = asking.propose().catch((error: unknown) => error);
    for (const { delayMs, began } of waits) {
      await began;
      await asking.clock.advance(delayMs);
    }
    const error = await failed;
    expect(error).toBeInstanceOf(ModelUnavailableError);
    expect(error).toMatchObject({ retryable: true, details: { usage: { calls: 4 } } });
    expect((error as Error).message).toContain(words);
  },
);
