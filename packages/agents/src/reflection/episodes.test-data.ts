import { type Episode, type Memory, noMemory, remember } from "./memory.ts";
import { reflect } from "./reflect.ts";

/** The memory after episodes and what follows from each, and all changes. */
export function live(episodes: readonly Episode[], from: Memory = noMemory) {
  let memory = from;
  const changes = [];
  for (const episode of episodes) {
    memory = remember(memory, { type: "episode", ...episode });
    const after = reflect(memory, episode);
    for (const change of after.changes) memory = remember(memory, change);
    changes.push(...after.changes);
  }
  return { memory, changes };
}

/** The same episode some times. */
export const times = (count: number, episode: Episode): readonly Episode[] =>
  Array.from({ length: count }, () => episode);
