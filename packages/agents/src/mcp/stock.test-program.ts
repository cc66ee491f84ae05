import { McpServer } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { z } from "zod";

/** An MCP server with a tool that answers, one that fails, one that says too much, and one that ends it. */
export function stockServer(): McpServer {
  const server = new McpServer(
    { name: "stock", version: "1.0.0" },
    { capabilities: { tools: {} } },
  );
  const said = (text: string) => ({ content: [{ type: "text" as const, text }] });
  server.registerTool(
    "count",
    {
      description: "how many there are of an article",
      inputSchema: z.object({ article: z.string().min(1) }),
      outputSchema: z.object({ article: z.string(), count: z.number() }),
    },
    async ({ article }) => {
      const structuredContent = { article, count: article.length };
      return { ...said(JSON.stringify(structuredContent)), structuredContent };
    },
  );
  server.registerTool("break", { description: "fails" }, async () => ({
    ...said("the shelf fell over"),
    isError: true,
  }));
  server.registerTool("recite", { description: "says too much" }, async () =>
    said("x".repeat(200_000)),
  );
  server.registerTool("environment", { description: "tells its environment" }, async () =>
    said(Object.keys(process.env).join(" ")),
  );
  server.registerTool("leave", { description: "ends the server" }, async () => process.exit(3));
  return server;
}

if (process.argv[1] === import.meta.filename) serveStdio(stockServer);
