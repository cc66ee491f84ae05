import { McpServer } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { z } from "zod";

/** An MCP server with one tool, made with the official SDK. */
serveStdio(() => {
  const server = new McpServer({ name: "calendar", version: "1.0.0" });
  const inputSchema = z.object({ date: z.iso.date() });
  server.registerTool(
    "weekday",
    { description: "names the day of a date", inputSchema },
    ({ date }) => {
      const text = new Date(date).toLocaleDateString("en", { weekday: "long", timeZone: "UTC" });
      return { content: [{ type: "text", text }] };
    },
  );
  return server;
});
