import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** How the server answers one request. */
export type ScriptedAnswer =
  /** The text, in small pieces; `finish` as the OpenAI protocol names it. */
  | { readonly text: string; readonly finish?: "stop" | "length" | "content_filter" }
  /** A refusal, as the protocol marks it. */
  | { readonly refusal: string }
  | { readonly tool: string; readonly arguments: unknown }
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
    }
  /** Begins with the text, and then nothing more comes. */
  | { readonly hangAfter: string }
  /** Begins with the text, and then the connection breaks. */
  | { readonly breakAfter: string }
  /** Repeats the text until the client goes away. */
  | { readonly flood: string };

/** A request as it came. */
export interface ModelRequest {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Readonly<Record<string, unknown>>;
  /** All that the model is told: instructions and messages. */
  readonly prompt: string;
}

/** What to answer, by the request and its number from 0. */
export type Script = (request: ModelRequest, index: number) => ScriptedAnswer;

/** What each answer with text is said to have taken. */
const countedTokens = { input: 100, output: 20 };

/**
 * A server on the loopback that speaks the streaming protocols of OpenAI chat completions and of
 * Anthropic messages, and says what a script says: agents that ask models are tested with it, also
 * with answers that no real model can be made to give. Dispose of it when the test ends.
 *
 * @example
 * await using model = await ModelServer.start(() => ({ text: '{"answer": 42}' }));
 * // TROUPE_MODEL_PROVIDER=openai-compatible TROUPE_MODEL_URL=model.url
 */
export class ModelServer implements AsyncDisposable {
  readonly requests: ModelRequest[] = [];
  readonly #server;
  readonly #script: Script;
  readonly #waiting: { readonly event: "asked" | "left"; readonly resolve: () => void }[] = [];

  private constructor(script: Script) {
    this.#script = script;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(script: Script): Promise<ModelServer> {
    const server = new ModelServer(script);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  /** Resolves at the next request (`asked`), or when a client next leaves before the end (`left`). */
  next(event: "asked" | "left"): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ event, resolve }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #happened(event: "asked" | "left"): void {
    for (const waiting of this.#waiting.splice(0)) {
      if (waiting.event === event) waiting.resolve();
      else this.#waiting.push(waiting);
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as ModelRequest["body"];
    const { url: path = "", headers } = request;
    const prompt = [body["system"], body["messages"]].map(textOf).join("\n");
    const asked = { path, headers, body, prompt };
    const index = this.requests.push(asked) - 1;
    const answer = this.#script(asked, index);
    response.on("close", () => {
      if (!response.writableEnded) this.#happened("left");
    });
    if ("status" in answer) {
      response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
      response.end(JSON.stringify(answer.body ?? { error: { message: "scripted failure" } }));
    } else {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const events = path.endsWith("/messages") ? anthropicEvents(body) : openAiEvents(body);
      await speak(answer, events, response);
    }
    this.#happened("asked");
  }
}

/** The events of a protocol, as they stand on the wire. */
interface Events {
  readonly begin: string;
  text(text: string): string;
  refusal(text: string): string;
  tool(name: string, input: unknown): string;
  end(finish: "stop" | "length" | "content_filter" | "tool_calls"): string;
}

async function speak(
  answer: Exclude<ScriptedAnswer, { status: number }>,
  events: Events,
  response: ServerResponse,
): Promise<void> {
  response.write(events.begin);
  if ("text" in answer) {
    for (const piece of pieces(answer.text)) response.write(events.text(piece));
    response.end(events.end(answer.finish ?? "stop"));
  } else if ("refusal" in answer) {
    response.end(events.refusal(answer.refusal));
  } else if ("tool" in answer) {
    response.write(events.tool(answer.tool, answer.arguments));
    response.end(events.end("tool_calls"));
  } else if ("hangAfter" in answer) {
    response.write(events.text(answer.hangAfter));
  } else if ("breakAfter" in answer) {
    response.write(events.text(answer.breakAfter), () => response.destroy());
  } else {
    while (!response.destroyed) {
      if (response.write(events.text(answer.flood))) continue;
      const left = new AbortController();
      const closed = once(response, "close", { signal: left.signal });
      const drained = once(response, "drain", { signal: left.signal });
      await Promise.race([closed, drained]);
      left.abort();
      await Promise.allSettled([closed, drained]);
    }
  }
}

/** In pieces that cut words, as models do. */
function pieces(text: string): readonly string[] {
  return text.match(/[\s\S]{1,24}/g) ?? [];
}

function openAiEvents({ model }: ModelRequest["body"]): Events {
  const chunk = (delta: unknown, finish: string | null = null): string =>
    event({ id: "chat-1", model, choices: [{ index: 0, delta, finish_reason: finish }] });
  const usage = {
    prompt_tokens: countedTokens.input,
    completion_tokens: countedTokens.output,
    total_tokens: countedTokens.input + countedTokens.output,
  };
  const end = (finish: string): string =>
    `${chunk({}, finish)}${event({ id: "chat-1", model, choices: [], usage })}data: [DONE]\n\n`;
  return {
    begin: chunk({ role: "assistant", content: "" }),
    text: (content) => chunk({ content }),
    refusal: (refusal) => chunk({ refusal }) + end("stop"),
    tool: (name, input) => {
      const call = { name, arguments: JSON.stringify(input) };
      return chunk({ tool_calls: [{ index: 0, id: "call-1", type: "function", function: call }] });
    },
    end,
  };
}

const anthropicStops = {
  stop: "end_turn",
  length: "max_tokens",
  content_filter: "refusal",
  tool_calls: "tool_use",
};

function anthropicEvents({ model, tools }: ModelRequest["body"]): Events {
  const named = (type: string, fields: object): string =>
    `event: ${type}\n${event({ type, ...fields })}`;
  const usage = { input_tokens: countedTokens.input, output_tokens: 1 };
  const message = { id: "msg-1", type: "message", role: "assistant", model, content: [], usage };
  const delta = (change: object): string =>
    named("content_block_delta", { index: 0, delta: change });
  const block = (content: object): string =>
    named("content_block_start", { index: 0, content_block: content });
  const ended = (reason: string): string =>
    named("content_block_stop", { index: 0 }) +
    named("message_delta", {
      delta: { stop_reason: reason, stop_sequence: null },
      usage: { output_tokens: countedTokens.output },
    }) +
    named("message_stop", {});
  // Asked for JSON by a tool named `json`, the model answers by calling it.
  const byTool = (tools as readonly { readonly name: string }[] | undefined)?.some(
    ({ name }) => name === "json",
  );
  const begin = named("message_start", { message });
  const toolUse = (name: string): string =>
    block({ type: "tool_use", id: "toolu-1", name, input: {} });
  const json = (text: string): string => delta({ type: "input_json_delta", partial_json: text });
  const words = (text: string): string => delta({ type: "text_delta", text });
  return {
    begin: begin + (byTool === true ? toolUse("json") : block({ type: "text", text: "" })),
    text: byTool === true ? json : words,
    refusal: () => ended("refusal"),
    tool: (name, input) => toolUse(name) + json(JSON.stringify(input)),
    end: (finish) =>
      ended(byTool === true && finish === "stop" ? "tool_use" : anthropicStops[finish]),
  };
}

function event(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** All text within a part of a request, whatever the protocol wraps it in. */
function textOf(part: unknown): string {
  if (typeof part === "string") return part;
  if (typeof part !== "object" || part === null) return "";
  const { text, content } = part as { readonly text?: unknown; readonly content?: unknown };
  return (Array.isArray(part) ? part : [text, content]).map(textOf).filter(Boolean).join("\n");
}
