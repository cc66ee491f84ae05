import { inspect } from "node:util";
import { expect, test, vi } from "vitest";
import { InvalidModelConfigError } from "../errors.ts";
import { askingModel, goodAnswer, inOrder, providers, testKey } from "./asking.test-data.ts";
import { modelConfig } from "./config.ts";

const local = {
  TROUPE_MODEL_PROVIDER: "openai-compatible",
  TROUPE_MODEL: "llama",
  TROUPE_MODEL_URL: "http://127.0.0.1:11434/v1",
};

test("no model is configured where none is named", () => {
  expect(modelConfig({})).toBeUndefined();
  expect(modelConfig({ TROUPE_MODEL: "", TROUPE_MODEL_PROVIDER: "" })).toBeUndefined();
  expect(modelConfig({ TROUPE_MODEL_KEY: testKey })).toBeUndefined();
});

test("a local model needs an address and no key", () => {
  expect(modelConfig(local)).toEqual({
    provider: "openai-compatible",
    url: "http://127.0.0.1:11434/v1",
    model: "llama",
    format: "schema",
  });
});

test("Anthropic needs a key and no address", () => {
  const config = modelConfig({
    TROUPE_MODEL_PROVIDER: "anthropic",
    TROUPE_MODEL: "claude",
    TROUPE_MODEL_KEY: `${testKey}\n`,
    TROUPE_MODEL_INPUT_PRICE: "3",
    TROUPE_MODEL_OUTPUT_PRICE: "0.5",
  });
  expect(config).toMatchObject({
    url: "https://api.anthropic.com/v1",
    prices: { input: 3, output: 0.5 },
  });
  expect(config?.key?.reveal()).toBe(testKey);
});

test.each([
  [{ TROUPE_MODEL: "llama" }, "TROUPE_MODEL_PROVIDER"],
  [{ ...local, TROUPE_MODEL_PROVIDER: "oracle" }, "TROUPE_MODEL_PROVIDER"],
  [{ ...local, TROUPE_MODEL: "" }, "TROUPE_MODEL"],
  [{ ...local, TROUPE_MODEL_URL: "" }, "TROUPE_MODEL_URL"],
  [{ ...local, TROUPE_MODEL_URL: "file:///etc/passwd" }, "TROUPE_MODEL_URL"],
  [{ ...local, TROUPE_MODEL_URL: `http://me:${testKey}@127.0.0.1/v1` }, "TROUPE_MODEL_URL"],
  [{ ...local, TROUPE_MODEL_PROVIDER: "anthropic" }, "TROUPE_MODEL_KEY"],
  [{ ...local, TROUPE_MODEL_KEY: `${testKey} ${testKey}` }, "TROUPE_MODEL_KEY"],
  [{ ...local, TROUPE_MODEL_FORMAT: "xml" }, "TROUPE_MODEL_FORMAT"],
  [{ ...local, TROUPE_MODEL_INPUT_PRICE: "3" }, "TROUPE_MODEL_OUTPUT_PRICE"],
  [
    { ...local, TROUPE_MODEL_INPUT_PRICE: "cheap", TROUPE_MODEL_OUTPUT_PRICE: "1" },
    "TROUPE_MODEL_INPUT_PRICE",
  ],
])("a wrong variable is named, and its value is not shown: %#", (env, name) => {
  let error: unknown;
  try {
    modelConfig(env);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(InvalidModelConfigError);
  expect(error).toMatchObject({ retryable: false, issues: [{ path: name }] });
  expect((error as Error).message).not.toContain(testKey);
});

test("the key goes to the server and nowhere else", async () => {
  const printed: string[] = [];
  const keep = (...texts: unknown[]): boolean => {
    printed.push(inspect(texts, { depth: 9 }));
    return true;
  };
  const outlets = [
    ...(["log", "info", "warn", "error", "debug"] as const).map((name) =>
      vi.spyOn(console, name).mockImplementation(keep),
    ),
    vi.spyOn(process, "emitWarning").mockImplementation(keep),
    vi.spyOn(process.stdout, "write").mockImplementation(keep),
    vi.spyOn(process.stderr, "write").mockImplementation(keep),
  ];
  const shown: string[] = [];
  try {
    for (const provider of providers) {
      for (const answer of [
        // Servers quote keys in errors; this one does it wherever it can.
        { status: 401, body: { error: { type: "auth", message: `bad key ${testKey}` } } },
        { status: 404, body: `no ${testKey}` },
        { status: 429, headers: { "retry-after": "9999" }, body: { message: testKey } },
        { refusal: `your key is ${testKey}` },
        { tool: testKey, arguments: {} },
        { text: "not JSON" },
        goodAnswer,
      ]) {
        await using asking = await askingModel(inOrder(answer), {
          TROUPE_MODEL_PROVIDER: provider,
        });
        const end = await asking.propose({}, { maxRepairs: 0 }).catch((thrown: unknown) => thrown);
        shown.push(inspect(end, { depth: 20, showHidden: true }), JSON.stringify(end));
        shown.push(inspect(asking.tracer.spans, { depth: 20 }), inspect(asking.config));
        shown.push(JSON.stringify(asking.config), `${asking.config.key}`);
        shown.push(inspect(asking.reasoner, { depth: 20, showHidden: true }));
        expect(JSON.stringify(asking.server.requests[0]?.headers)).toContain(testKey);
      }
    }
  } finally {
    for (const outlet of outlets) outlet.mockRestore();
  }
  expect(shown.join("\n")).toContain("***");
  expect(shown.join("\n")).not.toContain(testKey);
  expect(printed).toEqual([]);
});
