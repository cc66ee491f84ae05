import { expect, test } from "vitest";
import {
  ModelRejectedError,
  ModelTimeoutError,
  ModelUnavailableError,
  OversizedAnswerError,
} from "../errors.ts";
import { askingModel, goodAnswer, inOrder, providers } from "./asking.test-data.ts";

const failed = (proposal: Promise<unknown>): Promise<unknown> =>
  proposal.then(
    () => {
      throw new Error("the proposal succeeded");
    },
    (thrown: unknown) => thrown,
  );

test.each(["", '{"name": "app'])(
  "an answer that does not end in time is given up, after %j",
  async (hangAfter) => {
    await using asking = await askingModel(inOrder({ hangAfter }));
    const asked = asking.server.next("asked");
    const left = asking.server.next("left");
    const error = failed(asking.propose({}, { timeoutMs: 5000 }));
    await asked;
    await asking.clock.advance(5000);
    expect(await error).toBeInstanceOf(ModelTimeoutError);
    expect(await error).toMatchObject({ retryable: true, details: { usage: { calls: 1 } } });
    await left;
    expect(asking.tracer.spans[0]?.attributes).toMatchObject({ "error.type": "timeout" });
  },
);

test("a proposal ends with its signal, and so does the call", async () => {
  await using asking = await askingModel(inOrder({ hangAfter: "" }));
  const asked = asking.server.next("asked");
  const left = asking.server.next("left");
  const error = failed(asking.propose());
  await asked;
  const reason = new Error("the goal was cancelled");
  asking.abort.abort(reason);
  expect(await error).toBe(reason);
  await left;
  expect(asking.tracer.spans[0]?.error).toBe("the goal was cancelled");
});

test("a proposal that waits to ask again ends with its signal too", async () => {
  await using asking = await askingModel(inOrder({ status: 503 }));
  const waited = asking.clock.waited(375);
  const error = failed(asking.propose());
  await waited;
  const reason = new Error("the goal was cancelled");
  asking.abort.abort(reason);
  expect(await error).toBe(reason);
  expect(asking.server.requests).toHaveLength(1);
});

test.each(providers)(
  "an overloaded server is left alone for as long as it asks: %s",
  async (provider) => {
    await using asking = await askingModel(
      inOrder({ status: 429, headers: { "retry-after": "7" } }, goodAnswer),
      { TROUPE_MODEL_PROVIDER: provider },
    );
    const waited = asking.clock.waited(7000);
    const answer = asking.propose();
    await waited;
    await asking.clock.advance(6999);
    expect(asking.server.requests).toHaveLength(1);
    await asking.clock.advance(1);
    expect(await answer).toMatchObject({ usage: { calls: 2, repairs: 0 } });
  },
);

test("the wait may be given as a date", async () => {
  const script = inOrder(
    { status: 503, headers: { "retry-after": "Thu, 01 Jan 2026 00:00:09 GMT" } },
    goodAnswer,
  );
  await using asking = await askingModel(script);
  const waited = asking.clock.waited(9000);
  const answer = asking.propose();
  await waited;
  await asking.clock.advance(9000);
  expect(await answer).toMatchObject({ usage: { calls: 2 } });
});

test("a server that asks for more patience than there is, is not waited for", async () => {
  const busy = { status: 429, headers: { "retry-after": "3600" } };
  await using asking = await askingModel(inOrder(busy));
  const error = await failed(asking.propose());
  expect(error).toBeInstanceOf(ModelUnavailableError);
  expect(error).toMatchObject({ retryable: true, status: 429, retryAfterMs: 3_600_000 });
});

test("a server that failed is asked again", async () => {
  await using asking = await askingModel(inOrder({ status: 500 }, goodAnswer));
  const waited = asking.clock.waited(375);
  const answer = asking.propose();
  await waited;
  await asking.clock.advance(375);
  expect(await answer).toMatchObject({ usage: { calls: 2, repairs: 0 } });
  expect(asking.tracer.spans.map(({ attributes }) => attributes["error.type"])).toEqual([
    "500",
    undefined,
  ]);
});

test.each(providers)(
  "an answer whose connection breaks is asked for again: %s",
  async (provider) => {
    await using asking = await askingModel(inOrder({ breakAfter: '{"name"' }, goodAnswer), {
      TROUPE_MODEL_PROVIDER: provider,
    });
    const waited = asking.clock.waited(375);
    const answer = asking.propose();
    await waited;
    await asking.clock.advance(375);
    expect(await answer).toMatchObject({ answer: { count: 3 }, usage: { calls: 2 } });
  },
);

test("a server that goes on failing is given up, to be tried later", async () => {
  await using asking = await askingModel(inOrder({ status: 502 }));
  const waits = [375, 750, 1500].map((delayMs) => ({
    delayMs,
    began: asking.clock.waited(delayMs),
  }));
  const error = failed(asking.propose());
  for (const { delayMs, began } of waits) {
    await began;
    await asking.clock.advance(delayMs);
  }
  expect(await error).toBeInstanceOf(ModelUnavailableError);
  expect(await error).toMatchObject({
    retryable: true,
    status: 502,
    details: { usage: { calls: 4 } },
  });
});

test.each([400, 401, 404])(
  "a request that the server rejects with %i is not repeated",
  async (status) => {
    const body = { error: { message: "no such model" } };
    await using asking = await askingModel(inOrder({ status, body }));
    const error = await failed(asking.propose());
    expect(error).toBeInstanceOf(ModelRejectedError);
    expect(error).toMatchObject({ retryable: false, status });
    expect((error as Error).message).toContain("no such model");
    expect(asking.server.requests).toHaveLength(1);
  },
);

test("a redirect is not followed: it would carry the key away", async () => {
  await using elsewhere = await askingModel(inOrder(goodAnswer));
  for (const provider of providers) {
    const headers = { location: `${elsewhere.server.url}/chat/completions` };
    await using asking = await askingModel(inOrder({ status: 307, headers }), {
      TROUPE_MODEL_PROVIDER: provider,
    });
    expect(await failed(asking.propose())).toBeInstanceOf(ModelRejectedError);
  }
  expect(elsewhere.server.requests).toEqual([]);
});

test.each(providers)("an answer without end is cut off: %s", async (provider) => {
  await using asking = await askingModel(inOrder({ flood: "x".repeat(16_384) }), {
    TROUPE_MODEL_PROVIDER: provider,
  });
  const left = asking.server.next("left");
  const error = await failed(asking.propose({}, { maxOutputTokens: 100 }));
  expect(error).toBeInstanceOf(OversizedAnswerError);
  expect(error).toMatchObject({ retryable: false });
  await left;
});
