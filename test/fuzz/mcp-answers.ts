/** Stands for the number of the request in what a server answers. */
export const idMark = "@ID@";

/** What a server of tools says of itself. */
export function initialized(id: unknown): string {
  const result = {
    protocolVersion: "2025-06-18",
    capabilities: { tools: {} },
    serverInfo: { name: "parrot", version: "1.0.0" },
  };
  return JSON.stringify({ jsonrpc: "2.0", id, result });
}
