import { join } from "node:path";
import { mcpTools } from "@troupe/agents";

/** The tools of an MCP server: here of a program beside this file; `{ url }` reaches one over HTTP. */
export const { tools } = await mcpTools({
  name: "calendar",
  server: { command: process.execPath, args: [join(import.meta.dirname, "calendar-server.ts")] },
});
