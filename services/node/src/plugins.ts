import { pathToFileURL } from "node:url";
import { ensureError, TroupeError } from "@troupe/actor";
import type { AgentDefinition, Tool } from "@troupe/agents";
import { z } from "zod";

/** A module that was named as a plugin and is none. */
export class InvalidPluginError extends TroupeError {
  readonly code = "invalid-plugin";
  readonly retryable = false;
  readonly plugin: string;
  constructor(plugin: string, why: string, options?: ErrorOptions) {
    super(
      `the plugin ${plugin} cannot be used: ${why}; a plugin is a module that exports \`tools\`, a list of what defineTool returns, or \`agents\`, a list of what defineAgent returns`,
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
const agentSchema = z.custom<AgentDefinition>(
  (value) =>
    z
      .looseObject({
        name: z.string(),
        capabilities: z.instanceof(Map),
        profile: z.looseObject({}),
      })
      .safeParse(value).success,
  "must be what defineAgent returns",
);
const pluginSchema = z
  .looseObject({
    tools: z.array(toolSchema).min(1).optional(),
    agents: z.array(agentSchema).min(1).optional(),
  })
  .refine(({ tools, agents }) => tools !== undefined || agents !== undefined, {
    path: ["tools"],
    message: "are not there, and no agents either",
  });

/** What plugins bring. */
export interface Plugins {
  readonly tools: readonly Tool[];
  readonly agents: readonly AgentDefinition[];
}

/**
 * Loads task types and agents that a node offers besides its own.
 *
 * @param paths of modules, each exporting `tools`, `agents` or both. They run with all rights of the node
 * @throws InvalidPluginError naming the module and what is wrong with it, also when two agents have one
 *   name
 */
export async function loadPlugins(paths: readonly string[]): Promise<Plugins> {
  const tools: Tool[] = [];
  const agents = new Map<string, AgentDefinition>();
  for (const path of paths) {
    const plugin = await loadPlugin(path);
    tools.push(...(plugin.tools ?? []));
    for (const agent of plugin.agents ?? []) {
      if (agents.has(agent.name)) {
        throw new InvalidPluginError(path, `there is another agent '${agent.name}'`);
      }
      agents.set(agent.name, agent);
    }
  }
  return { tools, agents: [...agents.values()] };
}

async function loadPlugin(path: string): Promise<z.output<typeof pluginSchema>> {
  let module: unknown;
  try {
    module = await import(pathToFileURL(path).href);
  } catch (cause) {
    throw new InvalidPluginError(path, ensureError(cause).message, { cause });
  }
  const parsed = pluginSchema.safeParse(module);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new InvalidPluginError(
    path,
    `${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`.trim(),
  );
}
