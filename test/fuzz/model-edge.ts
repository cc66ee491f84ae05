import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Clock, noTracer, systemClock } from "@troupe/actor";
import { modelConfig, modelReasoner, reasonerLimitsSchema } from "@troupe/agents";
import { seededRandom } from "@troupe/testkit";
import { z } from "zod";
import { type Edge, type EdgeDoor, encoded, WrongAnswerError } from "./edge.ts";

/** Waits pass so many times as fast: repeats after failures would be waited for otherwise. */
const haste = 100;
/** As the model's server is asked, before the haste: two seconds. */
const timeoutMs = 200_000;

const shape = z.strictObject({ name: z.string(), count: z.number().int() });
const answer = '{"name":"apples","count":3}';

const sse = (events: readonly (readonly [string | undefined, unknown])[]): string =>
  events
    .map(([event, data]) => {
      const body = typeof data === "string" ? data : JSON.stringify(data);
      return `${event === undefined ? "" : `event: ${event}\n`}data: ${body}\n\n`;
    })
    .join("");

const chunk = (choice: object, rest: object = {}) => ({
  id: "c1",
  object: "chat.completion.chunk",
  created: 1,
  model: "m",
  choices: [{ index: 0, ...choice }],
  ...rest,
});
const openAi = sse([
  [undefined, chunk({ delta: { role: "assistant", content: answer.slice(0, 9) } })],
  [undefined, chunk({ delta: { content: answer.slice(9) } })],
  [undefined, chunk({ delta: {}, finish_reason: "stop" })],
  [
    undefined,
    {
      ...chunk({ delta: {} }),
      choices: [],
      usage: { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 },
    },
  ],
  [undefined, "[DONE]"],
]);
const anthropic = sse([
  [
    "message_start",
    {
      type: "message_start",
      message: {
        id: "m1",
        type: "message",
        role: "assistant",
        model: "m",
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 9, output_tokens: 1 },
      },
    },
  ],
  [
    "content_block_start",
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  ],
  [
    "content_block_delta",
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: answer } },
  ],
  ["content_block_stop", { type: "content_block_stop", index: 0 }],
  [
    "message_delta",
    {
      type: "message_delta",
      delta: { stop_reason: "end_turn", stop_sequence: null },
      usage: { output_tokens: 12 },
    },
  ],
  ["message_stop", { type: "message_stop" }],
]);

/** Models whose servers say anything: what an agent gets from them is an answer of the right shape, or an error. */
export const modelEdges: readonly EdgeDoor[] = [
  {
    name: "answer of an OpenAI model",
    open: () => modelEdge("answer of an OpenAI model", "openai-compatible", openAi),
  },
  {
    name: "answer of an Anthropic model",
    open: () => modelEdge("answer of an Anthropic model", "anthropic", anthropic),
  },
];

async function modelEdge(name: string, provider: string, sample: string): Promise<Edge> {
  let said: Uint8Array = new Uint8Array();
  let turn = 0;
  const statuses = [200, 200, 200, 200, 400, 401, 429, 500, 302];
  const server = createServer((request, response) => {
    request.resume();
    turn += 1;
    response.writeHead(statuses[turn % statuses.length] ?? 200, {
      "content-type": "text/event-stream",
    });
    response.end(said);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const config = modelConfig({
    TROUPE_MODEL_PROVIDER: provider,
    TROUPE_MODEL: "m",
    TROUPE_MODEL_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    TROUPE_MODEL_KEY: "sk-not-a-key-0123456789",
  });
  if (config === undefined) throw new Error("a model was to be configured");
  const clock: Clock = {
    now: () => systemClock.now(),
    monotonic: () => systemClock.monotonic(),
    schedule: (ms, act) => systemClock.schedule(ms / haste, act),
  };
  const reasoner = modelReasoner({ config, clock, random: seededRandom(3), tracer: noTracer });
  const limits = reasonerLimitsSchema.parse({ maxCalls: 3, maxRepairs: 1, timeoutMs });
  return {
    name,
    samples: encoded(sample),
    share: 0.05,
    patienceMs: 20_000,
    take: async (input) => {
      said = input;
      const { signal } = new AbortController();
      const request = { purpose: "count", instructions: "Count.", data: {}, schema: shape };
      const reasoned = await reasoner.propose(request, { signal, limits });
      if (!shape.safeParse(reasoned.answer).success) {
        throw new WrongAnswerError(`it took ${JSON.stringify(reasoned.answer)} for an answer`);
      }
    },
    close: async () => {
      server.closeAllConnections();
      await once(server.close(), "close");
    },
  };
}
