import { expect, test } from "vitest";
import { RefusedAnswerError, TruncatedAnswerError, UnusableAnswerError } from "../errors.ts";
import { askingModel, goodAnswer, inOrder, providers } from "./asking.test-data.ts";

const apples = { name: "apples", count: 3 };

test.each(providers)(
  "an answer comes in the shape asked for, with what it took: %s",
  async (provider) => {
    const prices = { TROUPE_MODEL_INPUT_PRICE: "2", TROUPE_MODEL_OUTPUT_PRICE: "10" };
    await using asking = await askingModel(inOrder(goodAnswer), {
      TROUPE_MODEL_PROVIDER: provider,
      ...prices,
    });
    expect(await asking.propose()).toEqual({
      answer: apples,
      usage: {
        inputTokens: 100,
        outputTokens: 20,
        calls: 1,
        repairs: 0,
        model: "test-model",
        cost: (100 * 2 + 20 * 10) / 1_000_000,
      },
    });
  },
);

test.each(providers)(
  "the shape is asked for by the protocol and by the prompt: %s",
  async (provider) => {
    await using asking = await askingModel(inOrder(goodAnswer), {
      TROUPE_MODEL_PROVIDER: provider,
    });
    await asking.propose();
    const { body, prompt } = asking.server.requests[0] ?? {};
    expect(prompt).toContain('"required":["name","count"]');
    const asked = { ...body, messages: undefined, system: undefined };
    expect(JSON.stringify(asked)).toContain('"required":["name","count"]');
  },
);

test("a server that knows no JSON schemas is asked by the prompt alone", async () => {
  await using asking = await askingModel(inOrder(goodAnswer), { TROUPE_MODEL_FORMAT: "text" });
  expect((await asking.propose()).answer).toEqual(apples);
  expect(asking.server.requests[0]?.body).not.toHaveProperty("response_format");
  expect(asking.server.requests[0]?.prompt).toContain('"required":["name","count"]');
});

test("JSON in a fenced block of a longer text is taken", async () => {
  const text = 'Of course!\n\n```json\n{"name": "apples", "count": 3}\n```\nAnything else?';
  await using asking = await askingModel(inOrder({ text }));
  expect(await asking.propose()).toMatchObject({ answer: apples, usage: { repairs: 0 } });
});

test("several JSON blocks are no answer", async () => {
  const block = '```json\n{"name": "apples", "count": 3}\n```\n';
  await using asking = await askingModel(inOrder({ text: block + block }, goodAnswer));
  expect(await asking.propose()).toMatchObject({ usage: { repairs: 1 } });
  expect(asking.server.requests[1]?.prompt).toContain("2 JSON blocks");
});

test.each(providers)(
  "an unusable answer goes back with all that is wrong with it: %s",
  async (provider) => {
    await using asking = await askingModel(
      inOrder({ text: '{"name": 7, "count": 1.5}' }, goodAnswer),
      { TROUPE_MODEL_PROVIDER: provider },
    );
    expect(await asking.propose()).toMatchObject({
      answer: apples,
      usage: { calls: 2, repairs: 1, inputTokens: 200, outputTokens: 40 },
    });
    const repair = asking.server.requests[1]?.prompt;
    expect(repair).toContain('{"name": 7, "count": 1.5}');
    expect(repair).toMatch(/- name: .*string/);
    expect(repair).toMatch(/- count: .*int/);
  },
);

test("an answer that does not pass the check goes back too", async () => {
  await using asking = await askingModel(
    inOrder({ text: '{"name": "apples", "count": 1000}' }, goodAnswer),
  );
  const check = ({ count }: { count: number }) =>
    count > 10 ? [{ path: "count", message: "there are not that many" }] : [];
  expect((await asking.propose({ check })).answer).toEqual(apples);
  expect(asking.server.requests[1]?.prompt).toContain("- count: there are not that many");
});

test.each([
  ["an empty answer", { text: " \n" }, "the answer is empty"],
  ["a call of a tool", { tool: "shell", arguments: { run: "ls" } }, "calls the tool 'shell'"],
  ["prose", { text: "There are three apples." }, "not JSON"],
] as const)("%s goes back for repair", async (_name, answer, told) => {
  for (const provider of providers) {
    await using asking = await askingModel(inOrder(answer, goodAnswer), {
      TROUPE_MODEL_PROVIDER: provider,
    });
    expect(await asking.propose()).toMatchObject({ answer: apples, usage: { repairs: 1 } });
    expect(asking.server.requests[1]?.prompt).toContain(told);
  }
});

test("a prompt holds one unusable answer at most, however many there were", async () => {
  const answers = ["first", "second", "third"].map((name) => ({ text: JSON.stringify({ name }) }));
  await using asking = await askingModel(inOrder(...answers, goodAnswer));
  await asking.propose();
  const last = asking.server.requests[3]?.prompt;
  expect(last).toContain("third");
  expect(last).not.toContain("second");
});

test("after the allowed repairs everything that was wrong is told, each time", async () => {
  await using asking = await askingModel(
    inOrder({ text: "no" }, { text: "{}" }, { text: '{"name": "apples"}' }),
  );
  const error = await asking.propose({}, { maxRepairs: 2 }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UnusableAnswerError);
  expect(error).toMatchObject({
    code: "unusable-answer",
    retryable: false,
    answers: [
      { repair: 0, issues: [{ path: "" }] },
      { repair: 1, issues: [{ path: "name" }, { path: "count" }] },
      { repair: 2, issues: [{ path: "count" }] },
    ],
    details: { usage: { calls: 3, repairs: 2 } },
  });
});

test("answers go back three times when nothing else is said", async () => {
  await using asking = await askingModel(inOrder({ text: "{}" }));
  await expect(asking.propose()).rejects.toThrow("none of 4 answers");
});

test.each(providers)("a refusal ends it: %s", async (provider) => {
  await using asking = await askingModel(inOrder({ refusal: "I must not count." }), {
    TROUPE_MODEL_PROVIDER: provider,
  });
  const error = await asking.propose().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RefusedAnswerError);
  expect(error).toMatchObject({ retryable: false, details: { usage: { calls: 1 } } });
});

test.each(providers)(
  "an answer that was cut off ends it, even if it can be read: %s",
  async (provider) => {
    await using asking = await askingModel(inOrder({ ...goodAnswer, finish: "length" }), {
      TROUPE_MODEL_PROVIDER: provider,
    });
    const error = await asking
      .propose({}, { maxOutputTokens: 50 })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TruncatedAnswerError);
    expect(error).toMatchObject({ retryable: false, message: expect.stringContaining("50") });
  },
);

test("each call is a client span with what it took, and without what was said", async () => {
  await using asking = await askingModel(inOrder({ text: "{}" }, goodAnswer));
  await asking.propose({ data: { secret: "the orchard" } });
  const [first, second] = asking.tracer.spans;
  expect(asking.tracer.spans).toHaveLength(2);
  expect(first).toMatchObject({
    name: "chat test-model",
    options: { kind: "client" },
    attributes: {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openai-compatible",
      "gen_ai.request.model": "test-model",
      "gen_ai.request.max_tokens": 4096,
      "gen_ai.response.model": "test-model",
      "gen_ai.response.finish_reasons": ["stop"],
      "gen_ai.usage.input_tokens": 100,
      "gen_ai.usage.output_tokens": 20,
      "server.address": "127.0.0.1",
      "troupe.reasoner.repair": 0,
    },
  });
  expect(second?.attributes).toMatchObject({ "troupe.reasoner.repair": 1 });
  expect(JSON.stringify(asking.tracer.spans)).not.toMatch(/orchard|apples/);
});
