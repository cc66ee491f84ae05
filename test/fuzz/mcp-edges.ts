import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { noTracer } from "@troupe/actor";
import { mcpTools } from "@troupe/agents";
import { type Edge, type EdgeDoor, encoded, textOf } from "./edge.ts";
import { idMark, initialized } from "./mcp-answers.ts";

const timeoutMs = 2000;
/** As a program is asked, which answers in any case. */
const answeredMs = 600_000;

const result = (value: unknown): string =>
  JSON.stringify({ jsonrpc: "2.0", id: idMark, result: value }).replace(`"${idMark}"`, idMark);
const calls = encoded(
  result({ content: [{ type: "text", text: "five pears" }], structuredContent: { count: 5 } }),
  result({ content: [{ type: "image", data: "AAAA", mimeType: "image/png" }], isError: true }),
  `{"jsonrpc":"2.0","id":${idMark},"error":{"code":-32603,"message":"the shelf fell over","data":{}}}`,
);
const lists = encoded(
  result({
    tools: [
      {
        name: "count",
        description: "counts",
        inputSchema: {
          type: "object",
          properties: { article: { type: "string", minLength: 1 }, n: { enum: [1, 2] } },
          required: ["article"],
          additionalProperties: false,
        },
      },
      { name: "list", inputSchema: { type: "object", $defs: { a: { type: "array" } } } },
    ],
  }),
);

/** Servers of tools that say anything: over the input and output of a program, and over HTTP. */
export const mcpEdges: readonly EdgeDoor[] = [
  { name: "answer of an MCP program", open: answersOfProgram },
  { name: "tools of an MCP server", open: toolsOfServer },
];

/** One program, which answers each call with the bytes that are in it. */
async function answersOfProgram(): Promise<Edge> {
  const name = "answer of an MCP program";
  const args = ["--conditions=troupe:source", join(import.meta.dirname, "mcp-parrot.ts")];
  const server = { command: process.execPath, args };
  const tools = await mcpTools({ name: "parrot", server, timeoutMs: answeredMs });
  const [say] = tools.tools;
  if (say === undefined) throw new Error("the program was to have a tool");
  const { signal } = new AbortController();
  const job = { goal: "g", task: "t", attempt: 1, signal, span: noTracer.start("fuzz") };
  const call = (input: Uint8Array) =>
    say.run({ bytes: Buffer.from(input).toString("base64") }, job);
  return {
    name,
    samples: calls,
    share: 0.05,
    patienceMs: 20_000,
    take: call,
    alive: async () => {
      await call(calls[0] ?? new Uint8Array());
    },
    close: async () => tools[Symbol.asyncDispose](),
  };
}

/** A server that is asked for its tools anew each time. */
async function toolsOfServer(): Promise<Edge> {
  let said = "";
  const answer = (response: ServerResponse, body: string): void => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(body);
  };
  const http = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const part of request) chunks.push(part as Buffer);
    const { method = "", id } =
      chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString());
    if (request.method !== "POST") response.writeHead(405).end();
    else if (id === undefined) response.writeHead(202).end();
    else if (method === "initialize") answer(response, initialized(id));
    else answer(response, said.replaceAll(idMark, JSON.stringify(id)));
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`;
  return {
    name: "tools of an MCP server",
    samples: lists,
    share: 0.05,
    patienceMs: 20_000,
    take: async (input) => {
      said = textOf(input);
      await using tools = await mcpTools({ name: "shop", server: { url }, timeoutMs });
      // Their inputs are checked by what the server said of them.
      for (const tool of tools.tools) tool.input.safeParse({ article: "pears", n: 1 });
    },
    close: async () => {
      http.closeAllConnections();
      await once(http.close(), "close");
    },
  };
}
