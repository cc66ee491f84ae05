import type { Actor, Definitions } from "@troupe/actor";
import { analyst, worker } from "@troupe/agents";
import { cleanPerspectives } from "./perspectives.ts";
import { type CleanToolOptions, cleanTools } from "./tools.ts";

/** An agent as it is to be spawned. */
export interface AgentSpawn {
  readonly name: string;
  readonly actor: Actor<Definitions>;
  readonly capabilities: readonly string[];
}

/** Which agent of a node holds which tools. */
const crew: Readonly<Record<string, readonly string[]>> = {
  scout: ["profile", "draft-rules"],
  engineer: ["stage", "normalise", "deduplicate"],
  inspector: ["check", "validate"],
  publisher: ["publish"],
};

/**
 * The agents that clean files, for one node: workers with their tools, and three analysts.
 *
 * @param seed decides which rows this node's sampling analyst looks at; different on each node
 */
export function cleanAgents(
  options: CleanToolOptions & { readonly seed: number },
): readonly AgentSpawn[] {
  const tools = cleanTools(options);
  const workers = Object.entries(crew).map(([name, types]): AgentSpawn => {
    const mine = tools.filter(({ type }) => types.includes(type));
    return {
      name,
      actor: worker({ tools: mine }) as unknown as Actor<Definitions>,
      capabilities: types,
    };
  });
  const analysts = cleanPerspectives(options.engine, options.seed).map(
    (perspective): AgentSpawn => ({
      name: `analyst-${perspective.name}`,
      actor: analyst(perspective) as unknown as Actor<Definitions>,
      capabilities: ["analyse-clean"],
    }),
  );
  return [...workers, ...analysts];
}
