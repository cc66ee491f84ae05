import { pathToFileURL } from "node:url";
import { ensureError, TroupeError } from "@troupe/actor";
import type { Tool } from "@troupe/agents";
import { z } from "zod";

/** A module that was named as a plugin and is none. */
export class InvalidPluginError extends TroupeError {
  readonly code = "invalid-plugin";
  readonly retryable = false;
  readonly plugin: string;
  constructor(plugin: string, why: string, options?: ErrorOptions) {
    super(
      `the plugin ${plugin} cannot be used: ${why}; a plugin is a module that exports \`tools\`, a list of what defineTool returns`,
      options,
    );
    this.plugin = plugin;
  }
}

const toolSchema = z.custom<Tool>(
  (value) =>
    z
      .looseObject({
        type: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/),
        purpose: z.string().min(1),
        input: z.custom((input) => typeof Object(input).safeParse === "function"),
        run: z.custom((run) => typeof run === "function"),
      })
      .safeParse(value).success,
  "must have a `type` of letters, digits, '-' and '_', a `purpose`, an `input` schema and a `run` function",
);
const pluginSchema = z.looseObject({ tools: z.array(toolSchema).min(1) });

/**
 * Loads task types that a node offers besides its own.
 *
 * @param paths of modules, each exporting `tools`. They run with all rights of the node
 * @throws InvalidPluginError naming the module and what is wrong with it
 */
export async function loadPlugins(paths: readonly string[]): Promise<readonly Tool[]> {
  const tools: Tool[] = [];
  for (const path of paths) tools.push(...(await loadPlugin(path)));
  return tools;
}

async function loadPlugin(path: string): Promise<readonly Tool[]> {
  let module: unknown;
  try {
    module = await import(pathToFileURL(path).href);
  } catch (cause) {
    throw new InvalidPluginError(path, ensureError(cause).message, { cause });
  }
  const parsed = pluginSchema.safeParse(module);
  if (parsed.success) return parsed.data.tools;
  const [issue] = parsed.error.issues;
  throw new InvalidPluginError(
    path,
    `${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`.trim(),
  );
}
