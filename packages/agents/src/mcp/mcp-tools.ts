import { ensureError } from "@troupe/actor";
import { z } from "zod";
import { McpError } from "../errors.ts";
import { defineTool, type Tool } from "../tool.ts";

/** Most tools that are taken from one server. */
const toolLimit = 128;
/** Most characters of one result. */
const resultLimit = 65_536;
/** Most characters of what a server says about a tool, or why one failed. */
const wordsLimit = 1000;
const defaultTimeoutMs = 60_000;

/** Where a server of tools is. */
export type McpServer =
  /** A program that is started and spoken with over its input and output. */
  | {
      readonly command: string;
      readonly args?: readonly string[];
      /** Its environment besides PATH, HOME and the like: none of the node's own variables reach it. */
      readonly env?: Readonly<Record<string, string>>;
    }
  /** A server that is there already. */
  | { readonly url: string; readonly headers?: Readonly<Record<string, string>> };

/** Which MCP server is used, and within which limits. */
export interface McpOptions {
  /** Begins the name of each tool, as in `files_read`. */
  readonly name: string;
  readonly server: McpServer;
  /** Tools to take, by the server's names. Default all. */
  readonly only?: readonly string[];
  /** Longest that connecting, and one call, may take, milliseconds. Default one minute. */
  readonly timeoutMs?: number;
}

/** The tools of an MCP server, for as long as it is connected. */
export interface McpTools extends AsyncDisposable {
  /** One for each tool of the server: as task types of flows, and as actions of agents. */
  readonly tools: readonly Tool[];
}

/**
 * The tools of a server that speaks the Model Context Protocol.
 *
 * Inputs are checked by the server's own schemas before it is asked. What it says, about its tools and
 * as their results, is somebody else's word: it is cut to size and handed on as data. A server that
 * has gone is started or reached anew by the next call.
 *
 * @throws McpError when it cannot be reached, lists a tool with a schema that cannot be read, or lacks
 *   one of `only`
 */
export async function mcpTools(options: McpOptions): Promise<McpTools> {
  const link = new Link(options);
  try {
    return { tools: await link.tools(), [Symbol.asyncDispose]: () => link.close() };
  } catch (error) {
    await link.close();
    throw error;
  }
}

type Client = Awaited<ReturnType<typeof connect>>;

/** The connection with one server, made when it is needed. */
class Link {
  readonly #options: McpOptions;
  #client: Promise<Client> | undefined;

  constructor(options: McpOptions) {
    this.#options = options;
  }

  async tools(): Promise<readonly Tool[]> {
    const { name: prefix, only } = this.#options;
    const { tools } = await this.#ask((client, limits) => client.listTools({}, limits));
    const missing = only?.find((one) => !tools.some(({ name }) => name === one));
    if (missing !== undefined) throw this.#error(`it has no tool '${missing}'`, false);
    const wanted = tools.filter(({ name }) => only === undefined || only.includes(name));
    if (wanted.length > toolLimit) {
      throw this.#error(
        `it has ${wanted.length} tools, of at most ${toolLimit}: name some in 'only'`,
        false,
      );
    }
    return wanted.map(({ name, description = name, inputSchema }) =>
      defineTool({
        type: `${prefix}_${name}`.replaceAll(/[^A-Za-z0-9_-]/g, "_").slice(0, 128),
        purpose: description.slice(0, wordsLimit),
        input: this.#schemaOf(name, inputSchema as Parameters<typeof z.fromJSONSchema>[0]),
        run: (input, { signal }) => this.#call(name, input, signal),
      }),
    );
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => undefined);
    this.#client = undefined;
    await client?.close();
  }

  async #call(name: string, input: unknown, signal: AbortSignal): Promise<unknown> {
    const given = z.record(z.string(), z.unknown()).parse(input);
    const found = await this.#ask(
      (client, limits) => client.callTool({ name, arguments: given }, { ...limits, signal }),
      signal,
    );
    const said = textsOf(found.content).join("\n");
    if (found.isError === true) {
      throw this.#error(`its tool '${name}' failed: ${said.slice(0, wordsLimit)}`, false);
    }
    const result = found.structuredContent ?? said;
    const text = JSON.stringify(result);
    return text.length <= resultLimit
      ? result
      : { beginning: text.slice(0, resultLimit), cut: true };
  }

  async #ask<Answer>(
    ask: (client: Client, limits: { readonly timeout: number }) => Promise<Answer>,
    signal?: AbortSignal,
  ): Promise<Answer> {
    const { timeoutMs: timeout = defaultTimeoutMs } = this.#options;
    this.#client ??= connect(this.#options, timeout, () => {
      this.#client = undefined;
    });
    const own = this.#client;
    try {
      return await ask(await own, { timeout });
    } catch (thrown) {
      signal?.throwIfAborted();
      if (thrown instanceof McpError) throw thrown;
      // A connection that could not be made is made anew by the next call.
      own.catch(() => {
        if (this.#client === own) this.#client = undefined;
      });
      const cause = ensureError(thrown);
      throw this.#error(cause.message.slice(0, wordsLimit), true, { cause });
    }
  }

  #schemaOf(name: string, schema: Parameters<typeof z.fromJSONSchema>[0]): z.ZodType {
    try {
      return z.fromJSONSchema(schema);
    } catch (cause) {
      const why = ensureError(cause).message;
      throw this.#error(`the schema of its tool '${name}' cannot be read: ${why}`, false, {
        cause,
      });
    }
  }

  #error(why: string, retryable: boolean, options?: ErrorOptions): McpError {
    return new McpError(this.#options.name, why, retryable, options);
  }
}

/** The library takes long to load, and most nodes have no such server. */
async function connect({ server }: McpOptions, timeout: number, closed: () => void) {
  const { Client, StreamableHTTPClientTransport } = await import("@modelcontextprotocol/client");
  const client = new Client({ name: "troupe", version: "0.1.0" });
  client.onclose = closed;
  if ("url" in server) {
    const { url, headers = {} } = server;
    const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
    await client.connect(transport, { timeout });
    return client;
  }
  const { StdioClientTransport } = await import("@modelcontextprotocol/client/stdio");
  const { command, args = [], env } = server;
  const transport = new StdioClientTransport({
    command,
    args: [...args],
    stderr: "ignore",
    ...(env === undefined ? {} : { env }),
  });
  await client.connect(transport, { timeout });
  return client;
}

function textsOf(content: readonly { readonly type: string }[]): readonly string[] {
  return content.map((part) =>
    part.type === "text" && "text" in part ? String(part.text) : `[${part.type}]`,
  );
}
