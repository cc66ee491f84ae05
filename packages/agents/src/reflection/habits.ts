import type { Habits } from "../trail/trail-records.ts";
import { type AdaptationKind, adaptationsIn, type Memory } from "./memory.ts";

/** What an agent that reasons does otherwise in a situation, from what it remembers. Pure. */
export function habitsOf(memory: Memory, situation: string): Habits | undefined {
  const active = adaptationsIn(memory, situation);
  const of = (wanted: AdaptationKind) => active.filter(({ kind }) => kind === wanted);
  const expected = of("expect").map(({ method }) => Number(method));
  const advice = active.flatMap(({ kind, method, because }) => {
    switch (kind) {
      case "leave-for-last":
        return [`do '${method}' only when nothing else is left: ${because}`];
      case "follow":
        return [`tasks of this kind are done soonest by ${method}: ${because}`];
      case "expect":
        return [`end with what you know after ${method} steps: ${because}`];
      default:
        return [];
    }
  });
  if (advice.length === 0) return undefined;
  return {
    last: of("leave-for-last").map(({ method }) => method),
    advice,
    ...(expected.length === 0 ? {} : { steps: Math.min(...expected) }),
  };
}
