import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createMcpHandler } from "@modelcontextprotocol/server";
import { noTracer } from "@troupe/actor";
import { expect, test } from "vitest";
import type { Tool } from "../tool.ts";
import { type McpServer, mcpTools } from "./mcp-tools.ts";
import { stockServer } from "./stock.test-program.ts";

const program: McpServer = {
  command: process.execPath,
  args: [join(import.meta.dirname, "stock.test-program.ts")],
};

function runner(tools: readonly Tool[]) {
  const signal = new AbortController().signal;
  const job = { goal: "g", task: "t", attempt: 1, signal, span: noTracer.start("test") };
  return (type: string, input: unknown) => {
    const tool = tools.find((one) => one.type === type);
    if (tool === undefined) throw new Error(`no tool '${type}'`);
    return tool.run(tool.input.parse(input), job);
  };
}

test("the tools of a program that speaks MCP are tools of agents, with its schemas", async () => {
  process.env["TROUPE_MODEL_KEY_OF_THE_TEST"] = "secret";
  await using stock = await mcpTools({ name: "stock", server: program });
  delete process.env["TROUPE_MODEL_KEY_OF_THE_TEST"];
  expect(stock.tools.map(({ type }) => type)).toEqual([
    "stock_count",
    "stock_break",
    "stock_recite",
    "stock_environment",
    "stock_leave",
  ]);
  const run = runner(stock.tools);
  expect(await run("stock_count", { article: "pears" })).toEqual({ article: "pears", count: 5 });
  expect(() => run("stock_count", { article: 5 })).toThrow("expected string");
  await expect(run("stock_break", {})).rejects.toMatchObject({
    code: "mcp-failed",
    message: expect.stringContaining("the shelf fell over"),
  });
  expect(await run("stock_recite", {})).toMatchObject({ cut: true });
  // It is another program, and gets nothing of what the node knows.
  expect(await run("stock_environment", {})).not.toContain("TROUPE");
  // It is started anew when it has gone.
  await expect(run("stock_leave", {})).rejects.toMatchObject({
    code: "mcp-failed",
    retryable: true,
  });
  expect(await run("stock_count", { article: "fig" })).toMatchObject({ count: 3 });
});

test("the tools of a server over HTTP are the same, and only those asked for are taken", async () => {
  const handler = createMcpHandler(stockServer);
  const http = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = Object.entries(request.headers).map(([k, v]): [string, string] => [
      k,
      String(v),
    ]);
    const body = chunks.length === 0 ? {} : { body: Buffer.concat(chunks).toString() };
    const { method = "GET", url = "/" } = request;
    const answer = await handler.fetch(
      new Request(`http://stock${url}`, { method, headers, ...body }),
    );
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`;
  try {
    await using stock = await mcpTools({ name: "shop", server: { url }, only: ["count"] });
    expect(stock.tools.map(({ type }) => type)).toEqual(["shop_count"]);
    expect(await runner(stock.tools)("shop_count", { article: "fig" })).toMatchObject({ count: 3 });
    const wrong = mcpTools({ name: "shop", server: { url }, only: ["steal"] });
    await expect(wrong).rejects.toThrow("it has no tool 'steal'");
  } finally {
    http.closeAllConnections();
    http.close();
  }
});

test("a server that is not there is refused by name", async () => {
  const server = { command: join(import.meta.dirname, "no-such-program") };
  await expect(mcpTools({ name: "ghost", server })).rejects.toMatchObject({
    code: "mcp-failed",
    server: "ghost",
  });
});
