import { createInterface } from "node:readline";
import { idMark, initialized } from "./mcp-answers.ts";

/** How long after what it was told to say it says that it is done, milliseconds. */
const patienceMs = 5;

const say = (line: string | Uint8Array): void => {
  process.stdout.write(line);
  process.stdout.write("\n");
};
const tool = {
  name: "say",
  inputSchema: { type: "object", properties: { bytes: { type: "string" } }, required: ["bytes"] },
};

/** A program that speaks MCP, and answers a call of its only tool with the bytes that the call holds. */
for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) continue;
  if (method === "initialize") say(initialized(id));
  else if (method === "tools/list") {
    say(JSON.stringify({ jsonrpc: "2.0", id, result: { tools: [tool] } }));
  } else {
    const text = Buffer.from(params.arguments.bytes, "base64").toString("latin1");
    say(Buffer.from(text.replaceAll(idMark, JSON.stringify(id)), "latin1"));
    // What it said may be no answer at all; then this is one.
    const error = { code: -32000, message: "nothing to say" };
    setTimeout(() => say(JSON.stringify({ jsonrpc: "2.0", id, error })), patienceMs);
  }
}
