import { expect, test } from "vitest";
import { LimitError, ModelUnavailableError, UnusableAnswerError } from "../errors.ts";
import { askingModel, goodAnswer, inOrder } from "./asking.test-data.ts";

test("no more calls are made than are allowed, whatever would need them", async () => {
  await using asking = await askingModel(inOrder({ text: "{}" }));
  const error = await asking.propose({}, { maxCalls: 2 }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(LimitError);
  expect(error).toMatchObject({ retryable: false, limit: "maxCalls", allowed: 2 });
  expect((error as Error).cause).toBeInstanceOf(UnusableAnswerError);
  expect(asking.server.requests).toHaveLength(2);
});

test("repeats after failures of the server count as calls", async () => {
  await using asking = await askingModel(inOrder({ status: 500 }));
  const waited = asking.clock.waited(375);
  const proposal = asking.propose({}, { maxCalls: 1 }).catch((thrown: unknown) => thrown);
  await waited;
  await asking.clock.advance(375);
  const error = await proposal;
  expect(error).toMatchObject({ code: "reasoner-limit", retryable: false });
  expect((error as Error).cause).toBeInstanceOf(ModelUnavailableError);
  expect(asking.server.requests).toHaveLength(1);
});

test("tokens are set aside before a call: one that might exceed them is not made", async () => {
  await using asking = await askingModel(inOrder(goodAnswer));
  const limits = { maxTokens: 1000, maxOutputTokens: 1000 };
  const error = await asking.propose({}, limits).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "reasoner-limit", limit: "maxTokens", retryable: false });
  expect(asking.server.requests).toEqual([]);
});

test("what a call did not take is there for the next one", async () => {
  await using asking = await askingModel(inOrder({ text: "{}" }, { text: "{}" }, goodAnswer));
  // One call sets aside about 1,300 tokens and takes 120: without giving back, a second would exceed.
  const limits = { maxTokens: 2000, maxOutputTokens: 1000 };
  expect(await asking.propose({}, limits)).toMatchObject({ usage: { calls: 3 } });
});

test("a call that was not counted keeps what was set aside", async () => {
  await using asking = await askingModel(inOrder({ status: 500 }, goodAnswer));
  const waited = asking.clock.waited(375);
  const limits = { maxTokens: 2000, maxOutputTokens: 1000 };
  const proposal = asking.propose({}, limits).catch((thrown: unknown) => thrown);
  await waited;
  await asking.clock.advance(375);
  expect(await proposal).toMatchObject({ code: "reasoner-limit", limit: "maxTokens" });
});

test("the tokens of one answer are limited by the protocol", async () => {
  await using asking = await askingModel(inOrder(goodAnswer));
  await asking.propose({}, { maxOutputTokens: 77 });
  expect(asking.server.requests[0]?.body).toMatchObject({ max_tokens: 77 });
});

test("more than a prompt may hold is not sent", async () => {
  await using asking = await askingModel(inOrder(goodAnswer));
  const error = await asking
    .propose({ data: "x".repeat(600_000) })
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "reasoner-limit", limit: "prompt" });
  expect(asking.server.requests).toEqual([]);
});
