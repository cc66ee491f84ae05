import { expect, test } from "vitest";
import { askingModel, goodAnswer, inOrder, providers } from "./asking.test-data.ts";

test.each(providers)("tokens, time and cost of each call are measured: %s", async (provider) => {
  await using asking = await askingModel(inOrder({ text: "no" }, goodAnswer), {
    TROUPE_MODEL_PROVIDER: provider,
    TROUPE_MODEL_INPUT_PRICE: "2",
    TROUPE_MODEL_OUTPUT_PRICE: "10",
  });
  await asking.propose();
  const { meter } = asking;
  expect(meter.sum("gen_ai.client.token.usage", { "gen_ai.token.type": "input" })).toBe(200);
  expect(meter.sum("gen_ai.client.token.usage", { "gen_ai.token.type": "output" })).toBe(40);
  expect(meter.sum("troupe.model.cost")).toBeCloseTo((200 * 2 + 40 * 10) / 1_000_000);
  expect(meter.of("gen_ai.client.operation.duration").map(({ attributes }) => attributes)).toEqual(
    Array(2).fill({
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": provider,
      "gen_ai.request.model": "test-model",
    }),
  );
});
